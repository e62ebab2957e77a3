"""Tables whose rows are only added: the database itself refuses to change them, whoever asks. For migrations."""

from typing import Any


def forbid_changes(schema_editor: Any, table: str) -> None:
    """Let no row of a table be updated; on PostgreSQL none be deleted either.

    SQLite's own way to empty a table in tests is DELETE, so there only updates are refused.
    """
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_POSTGRESQL_FUNCTION, params=None)
        schema_editor.execute(
            f'CREATE TRIGGER "{table}_append_only" BEFORE UPDATE OR DELETE ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION karat_append_only()"
        )
        return
    schema_editor.execute(
        f'CREATE TRIGGER "{table}_append_only" BEFORE UPDATE ON "{table}" '
        "BEGIN SELECT RAISE(ABORT, 'rows are only added here'); END"
    )


_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION karat_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
  RAISE EXCEPTION 'rows of % are only added', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
