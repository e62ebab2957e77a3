"""Many rows into a table at once: COPY on PostgreSQL, one prepared statement on SQLite. Constraints hold as ever."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from django.core.management.color import no_style
from django.db import connection, models

_AT_ONCE: Final = 2_000


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Add rows whose values stand in the order of `columns`, the database's names; how many there were.

    Defaults of the model don't apply: every column without one in the database must be named.
    """
    fields = [next(field for field in model._meta.concrete_fields if field.column == column) for column in columns]
    names = ", ".join(f'"{column}"' for column in columns)
    if connection.vendor == "postgresql":
        return _copy(f'COPY "{model._meta.db_table}" ({names}) FROM STDIN', fields, rows)
    marks = ", ".join(["%s"] * len(columns))
    statement = f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks})'  # noqa: S608  (our own models' names)
    return _insert(statement, fields, rows)


def _copy(statement: str, fields: "Sequence[models.Field[Any, Any]]", rows: Iterable[Sequence[Any]]) -> int:
    """psycopg writes Python's values as they are; only JSON must be told from text."""
    json = [place for place, field in enumerate(fields) if isinstance(field, models.JSONField)]
    many = 0
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for many, row in enumerate(_with_json(rows, fields, json), start=1):  # noqa: B007  (its last value is the answer)
            copy.write_row(row)
    return many


def _with_json(
    rows: Iterable[Sequence[Any]], fields: "Sequence[models.Field[Any, Any]]", json: list[int]
) -> Iterator[Sequence[Any]]:
    for row in rows:
        if not json:
            yield row
            continue
        values = list(row)
        for place in json:
            values[place] = fields[place].get_db_prep_save(values[place], connection)
        yield values


def _insert(statement: str, fields: "Sequence[models.Field[Any, Any]]", rows: Iterable[Sequence[Any]]) -> int:
    many, source = 0, _prepared(fields, iter(rows))
    while batch := list(islice(source, _AT_ONCE)):
        with connection.cursor() as cursor:
            cursor.executemany(statement, batch)
        many += len(batch)
    return many


def _prepared(fields: "Sequence[models.Field[Any, Any]]", rows: Iterator[Sequence[Any]]) -> Iterator[list[Any]]:
    for row in rows:
        yield [field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True)]


def copy_like(template: models.Model, rows: Iterable[dict[str, Any]]) -> int:
    """Add rows that are copies of a saved one but for the attributes that each of `rows` names; how many there were.

    Whatever columns the table has or will have are copied, so only what must differ is named: keys, references, times.
    """
    fields = template._meta.concrete_fields

    def values() -> Iterator[list[Any]]:
        for row in rows:
            yield [row.get(one.attname, getattr(template, one.attname)) for one in fields]

    many = copy_rows(type(template), [str(one.column) for one in fields], values())
    for statement in connection.ops.sequence_reset_sql(no_style(), [type(template)]):
        with connection.cursor() as cursor:
            cursor.execute(statement)
    return many


def free_keys(model: type[models.Model], many: int) -> range:
    """So many keys above the highest of a table; the caller is the only one who adds to it."""
    highest = model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
    return range(highest + 1, highest + 1 + many)
