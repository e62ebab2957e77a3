"""The database itself refuses to change a published version of the rules, and on PostgreSQL a rule of one.

On SQLite only the version's own row is held: why, pricing.migrations.0006_published_is_final says.
"""

from django.db import migrations

POSTGRESQL = """
CREATE FUNCTION crm_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'published approval rules never change' USING ERRCODE = 'restrict_violation';
END $$;
CREATE FUNCTION crm_refuse_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND EXISTS (SELECT 1 FROM crm_ruleset WHERE id = OLD.rule_set_id AND published_at IS NOT NULL)
    OR TG_OP <> 'DELETE' AND EXISTS (SELECT 1 FROM crm_ruleset WHERE id = NEW.rule_set_id AND published_at IS NOT NULL)
    THEN
        RAISE EXCEPTION 'published approval rules never change' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER published_is_final BEFORE UPDATE OR DELETE ON crm_ruleset
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION crm_refuse_change();
CREATE TRIGGER published_is_final BEFORE INSERT OR UPDATE OR DELETE ON crm_approvalrule
    FOR EACH ROW EXECUTE FUNCTION crm_refuse_published();
"""
SQLITE = """
CREATE TRIGGER crm_ruleset_final BEFORE UPDATE ON crm_ruleset WHEN OLD.published_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'published approval rules never change'); END
"""


def make_final(apps, schema_editor):
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    schema_editor.execute(POSTGRESQL if is_postgresql else SQLITE, params=None)


def undo(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for function in ("crm_refuse_change", "crm_refuse_published"):
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {function}() CASCADE", params=None)
        return
    schema_editor.execute("DROP TRIGGER IF EXISTS crm_ruleset_final", params=None)


class Migration(migrations.Migration):
    dependencies = [("crm", "0007_rules_belong_to_a_version")]
    operations = [migrations.RunPython(make_final, undo)]
