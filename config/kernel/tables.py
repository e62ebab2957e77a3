"""Tables in and out as CSV and XLSX: bounded, and harmless in a spreadsheet program.

A cell of text that looks like a formula gets an apostrophe in front on its way out, and loses it on its way in: a table
comes back as it went. Numbers stay numbers. openpyxl loads numpy, so it is imported where it is used.
"""

import csv
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any, Final

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from tablib import Dataset

from config.kernel.errors import DomainError

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_UNPACKED: Final = 50 * 1024 * 1024
MOST_ROWS: Final = 5_000
CSV: Final = "csv"
XLSX: Final = "xlsx"
MIME: Final = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class TableRefused(DomainError):
    """A file that is no table, or too large a one."""

    code = "table_refused"
    status = 400
    message = gettext_lazy("The table can't be read: %(why)s")


def harmless(value: Any) -> Any:
    """A value as a cell of a table that leaves: no text begins like a formula."""
    if isinstance(value, str):
        return f"'{value}" if value.lstrip(" ").startswith((*_FORMULA, "'")) else value
    if isinstance(value, bool):
        return int(value)
    if value is None or isinstance(value, int | Decimal):
        return "" if value is None else value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    return harmless(str(value))


def plain(value: Any) -> Any:
    """A cell as it was before `harmless`, and every empty one as an empty text."""
    if value is None:
        return ""
    if isinstance(value, str):
        value = value.strip(" \n")
        return value.removeprefix("'")
    if isinstance(value, float):  # how a spreadsheet keeps every number; its shortest form is what was typed
        return str(int(value)) if value.is_integer() else repr(value)
    return value.isoformat() if isinstance(value, datetime | date) else str(value)


def read_table(*, name: str, content: bytes) -> Dataset:
    """The rows of a file by its heading line. Refuses with TableRefused."""
    if len(content) > MOST_BYTES:
        raise TableRefused(why=_("it has more than %(most)s MB.") % {"most": MOST_BYTES // 1024 // 1024})
    lines = _xlsx(content) if name.lower().endswith(".xlsx") else _csv(content)
    headers = [str(plain(cell)).strip() for cell in next(lines, [])]
    while headers and not headers[-1]:
        headers.pop()
    if not headers or "" in headers or len(set(headers)) != len(headers):
        raise TableRefused(why=_("its first line must name each column once."))
    table = Dataset(headers=headers)
    for number, line in enumerate(lines, start=1):
        if number > MOST_ROWS:
            raise TableRefused(why=_("it has more than %(most)s rows.") % {"most": MOST_ROWS})
        cells = [plain(cell) for cell in line][: len(headers)]
        table.append(cells + [""] * (len(headers) - len(cells)))
    return table


def _csv(content: bytes) -> Iterator[Sequence[Any]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise TableRefused(why=_("it is neither UTF-8 text nor an .xlsx file.")) from wrong
    heading = text.partition("\n")[0]
    delimiter = ";" if heading.count(";") > heading.count(",") else ","  # Excel writes ; where numbers have a comma
    try:
        yield from csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    except csv.Error as wrong:
        raise TableRefused(why=str(wrong)) from wrong


def _xlsx(content: bytes) -> Iterator[Sequence[Any]]:
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(BytesIO(content)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
            if any(b"<!" in parts.open(part).read(1024).replace(b"<!--", b"") for part in parts.infolist()):
                raise TableRefused(why=_("it is no .xlsx file."))  # entities: no program writes them
        if unpacked > MOST_UNPACKED:
            raise TableRefused(why=_("it is too large when unpacked."))
        sheet = load_workbook(BytesIO(content), read_only=True, data_only=True).worksheets[0]
        sheet.reset_dimensions()  # what a file says of its size isn't believed
        yield from sheet.iter_rows(values_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, OSError, IndexError, SyntaxError) as wrong:
        raise TableRefused(why=_("it is no .xlsx file.")) from wrong


def table_response(
    *, name: str, ending: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]
) -> HttpResponseBase:
    """The table as a download. CSV is streamed row by row; XLSX is written to memory, so its caller bounds the rows."""
    kind = MIME[ending]
    lines = ([harmless(value) for value in row] for row in rows)
    response: HttpResponseBase
    if ending == CSV:
        response = StreamingHttpResponse(_csv_lines(headers, lines), content_type=kind)
    else:
        response = HttpResponse(_workbook(headers, lines), content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    response.headers["Cache-Control"] = "no-store"
    return response


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _csv_lines(headers: Sequence[str], lines: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\N{ZERO WIDTH NO-BREAK SPACE}" + writer.writerow(headers)  # by it Excel knows UTF-8
    for line in lines:
        yield writer.writerow(line)


def _workbook(headers: Sequence[str], lines: Iterable[Sequence[Any]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Karat")
    sheet.append(list(headers))
    for line in lines:
        sheet.append([_cell(sheet, value) for value in line])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet: Any, value: Any) -> Any:
    """Text is stored as text, whatever it looks like."""
    if not isinstance(value, str):
        return value
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    return cell
