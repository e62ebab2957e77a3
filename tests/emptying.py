"""A database emptied after a test with real transactions, at the cost of what that test wrote.

Django truncates every table, which on PostgreSQL writes and syncs new files for some 120 of them, and makes content
types and permissions anew; here the few tables that have rows are deleted from, and what `migrate` keeps there stays.
"""

from typing import Any, Final

from django.db import connection, transaction
from django.test import TransactionTestCase

# Made by `migrate` from the models themselves, the same in every test.
_KEPT: Final = {"django_migrations", "django_content_type", "auth_permission", "django_site"}


def install() -> None:
    if connection.vendor == "postgresql":
        TransactionTestCase._fixture_teardown = _delete_rows  # type: ignore[method-assign]


def _delete_rows(_self: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:  # foreign keys are looked at when it commits
        tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False)) - _KEPT
        cursor.execute(" UNION ALL ".join(f"SELECT '{one}' WHERE EXISTS (SELECT FROM \"{one}\")" for one in tables))  # noqa: S608  (names of our own tables)
        filled = [name for (name,) in cursor.fetchall()]
        cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
        guarded = {name.strip('"') for (name,) in cursor.fetchall()}
        for name in filled:
            if name in guarded:  # append-only, or final once published
                cursor.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
            cursor.execute(f'DELETE FROM "{name}"')  # noqa: S608
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in guarded.intersection(filled):
            cursor.execute(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')
