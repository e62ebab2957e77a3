"""The database itself refuses to change what was published: price lists with their rows, metal prices, weighings.

On SQLite only changes of the row itself are refused. A trigger on a rate that looks at its price list would be in the
way of every later change of that table, which SQLite makes by renaming a copy; and emptying a table, as tests do, is a
DELETE there.
"""

from django.db import migrations

APPEND_ONLY = ["pricing_metalprice", "pricing_weighing", "pricing_massfactor"]
RATES = ["pricing_finishrate", "pricing_platingrate", "pricing_settingrate", "pricing_hallmarkrate", "pricing_quantitybreak"]

POSTGRESQL = """
CREATE FUNCTION pricing_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a row of % never changes', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION pricing_refuse_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND EXISTS (SELECT 1 FROM pricing_pricelist WHERE id = OLD.price_list_id AND published_at IS NOT NULL)
    OR TG_OP <> 'DELETE' AND EXISTS (SELECT 1 FROM pricing_pricelist WHERE id = NEW.price_list_id AND published_at IS NOT NULL)
    THEN
        RAISE EXCEPTION 'a published price list never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER published_is_final BEFORE UPDATE OR DELETE ON pricing_pricelist
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION pricing_refuse_change();
"""
POSTGRESQL_APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION pricing_refuse_change();
"""
POSTGRESQL_RATE = """
CREATE TRIGGER published_is_final BEFORE INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION pricing_refuse_published();
"""
SQLITE = """
CREATE TRIGGER pricing_pricelist_final BEFORE UPDATE ON pricing_pricelist WHEN OLD.published_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a published price list never changes'); END
"""
SQLITE_APPEND_ONLY = """
CREATE TRIGGER {table}_final BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'a row of {table} never changes'); END
"""


def _statements(vendor):
    if vendor == "postgresql":
        yield POSTGRESQL
        yield from (POSTGRESQL_APPEND_ONLY.format(table=table) for table in APPEND_ONLY)
        yield from (POSTGRESQL_RATE.format(table=table) for table in RATES)
    else:
        yield SQLITE
        yield from (SQLITE_APPEND_ONLY.format(table=table) for table in APPEND_ONLY)


def make_final(apps, schema_editor):
    for statement in _statements(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def undo(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for function in ("pricing_refuse_change", "pricing_refuse_published"):
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {function}() CASCADE", params=None)
        return
    for table in ["pricing_pricelist", *APPEND_ONLY]:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_final", params=None)


class Migration(migrations.Migration):
    dependencies = [("pricing", "0005_price_groups")]
    operations = [migrations.RunPython(make_final, undo)]
