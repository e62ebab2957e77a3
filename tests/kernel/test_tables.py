"""Tables in and out: nothing that leaves is a formula, what comes in is bounded, and a table comes back as it went."""

import csv
import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from openpyxl import Workbook, load_workbook

from config.kernel.tables import MOST_BYTES, MOST_ROWS, TableRefused, harmless, plain, read_table, table_response

FORMULAS = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "  =1", "'=1", "=cmd|' /C calc'!A0"]


def content(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def sheet(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_text_that_looks_like_a_formula_leaves_as_text_and_comes_back_as_it_was(text, ending):
    file = content(table_response(name="t", ending=ending, headers=["a", "b"], rows=[[text, "x"]]))

    if ending == "csv":
        cell = list(csv.reader(StringIO(file.decode("utf-8-sig"), newline="")))[1][0]
    else:
        read = load_workbook(BytesIO(file)).active["A2"]
        assert read.data_type == "s"
        cell = read.value
    assert cell == f"'{text}"
    assert plain(cell) == text


def test_numbers_stay_numbers_also_below_zero():
    row = [Decimal("-5.10"), -3, True, None, date(2026, 1, 5), "-5"]

    line = content(table_response(name="t", ending="csv", headers=list("abcdef"), rows=[row])).decode("utf-8-sig")
    book = load_workbook(BytesIO(content(table_response(name="t", ending="xlsx", headers=list("abcdef"), rows=[row]))))

    assert line.splitlines()[1] == "-5.10,-3,1,,2026-01-05,'-5"
    assert [cell.value for cell in book.active[2]][:2] == [-5.1, -3]
    assert harmless("plain – text") == "plain – text"


def test_a_table_of_csv_and_one_of_a_spreadsheet_are_read_alike():
    from_csv = read_table(name="t.csv", content="\ufeffcode;gross\r\na;1,50\r\nb;7\r\n".encode())
    from_xlsx = read_table(name="t.XLSX", content=sheet(["code", "gross"], ["a", "1,50"], ["b", 7.0]))

    assert from_csv.headers == from_xlsx.headers == ["code", "gross"]
    assert list(from_csv) == list(from_xlsx) == [("a", "1,50"), ("b", "7")]


def test_a_formula_that_comes_in_is_the_value_it_was_saved_with_or_nothing():
    read = read_table(name="t.xlsx", content=sheet(["a"], ["=1+1"]))

    assert list(read) == [("",)]


def bomb():
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b" " * (60 * 1024 * 1024))
    return file.getvalue()


def entities():
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as parts:
        parts.writestr("xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>')
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("t.csv", b"\xff\xfe\x00"),
        ("t.csv", b""),
        ("t.csv", b"a,a\n1,2\n"),
        ("t.csv", b"a,,c\n1,2,3\n"),
        ("t.csv", b'a,b\n"1'),
        ("t.csv", b"a\n" + b"1\n" * (MOST_ROWS + 1)),
        ("t.csv", b"a\n" + b"1" * MOST_BYTES),
        ("t.xlsx", b"no archive"),
        ("t.xlsx", b"PK\x03\x04"),
        ("t.xlsx", bomb()),
        ("t.xlsx", entities()),
    ],
    ids=["utf-16", "empty", "twice", "nameless", "open quote", "rows", "bytes", "text", "cut", "bomb", "entities"],
)
def test_what_is_no_table_or_too_large_a_one_is_refused(name, file):
    with pytest.raises(TableRefused):
        read_table(name=name, content=file)
