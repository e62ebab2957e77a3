"""Row locks, always in one order: order, order line, work order, operation; by primary key within one table.

PostgreSQL locks rows, but not their keys (FOR NO KEY UPDATE): two callers exclude each other all the same, while a row
elsewhere may go on pointing at a locked one. Locks on keys let publishing a worklist and claiming from it wait for each
other in a ring. SQLite's transactions are IMMEDIATE (config/settings/base.py): whoever is inside holds the one write
lock of the database, so the same calls are right there without locking rows.
"""

import hashlib
from typing import TypeVar

from django.db import connection, models, transaction

Row = TypeVar("Row", bound=models.Model)


def lock_one(rows: models.QuerySet[Row]) -> Row:
    """The one row, locked until the transaction ends. Raises DoesNotExist."""
    return rows.select_for_update(of=("self",), no_key=True).get()


def lock_all(rows: models.QuerySet[Row]) -> list[Row]:
    """The rows, locked in the order of their primary keys, so that two callers can't wait for each other."""
    return list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))


def take_all(rows: models.QuerySet[Row]) -> list[Row]:
    """Those of the rows that nobody else is at, locked."""
    return list(rows.select_for_update(of=("self",), no_key=True, skip_locked=_can_skip()).order_by("pk"))


def take_next(rows: models.QuerySet[Row]) -> Row | None:
    """The first row nobody else is taking at this moment, locked; None when there is none."""
    return rows.select_for_update(of=("self",), no_key=True, skip_locked=_can_skip()).first()


def _can_skip() -> bool:
    return connection.features.has_select_for_update_skip_locked


def try_named_lock(*names: object) -> bool:
    """Take a lock by name until the transaction ends; False when somebody else holds it.

    On SQLite the transaction itself is exclusive, so the name is always free.
    """
    return _named_lock("SELECT pg_try_advisory_xact_lock(%s)", names)


def wait_for_named_lock(*names: object) -> None:
    """Take a lock by name until the transaction ends, waiting for whoever holds it."""
    _named_lock("SELECT pg_advisory_xact_lock(%s)", names)


def wait_out_named_lock(*names: object) -> None:
    """Wait until nobody holds a lock by name, without taking it from the others who wait: all go on at once."""
    _named_lock("SELECT pg_advisory_xact_lock_shared(%s)", names)


def _named_lock(statement: str, names: tuple[object, ...]) -> bool:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a named lock lives as long as its transaction, and there is none")
    if connection.vendor != "postgresql":
        return True
    digest = hashlib.sha256("\x1f".join(map(str, names)).encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute(statement, [int.from_bytes(digest[:8], "big", signed=True)])
        return bool(cursor.fetchone()[0])
