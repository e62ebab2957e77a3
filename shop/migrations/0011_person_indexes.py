"""A seller finds a person among a million orders by the beginning of an e-mail or a phone, or by a part of a name.

Only PostgreSQL: SQLite is for one machine and reads the table.
"""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

TABLES = {"order": "shop_order", "customer": "shop_customer"}
COLUMNS = {
    "email_prefix": "(upper(email::text) text_pattern_ops)",
    "phone_prefix": "((phone::text) text_pattern_ops)",
    "name_trigram": "USING gin (upper(name::text) gin_trgm_ops)",
}


def make_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for short, table in TABLES.items():
            for name, columns in COLUMNS.items():
                schema_editor.execute(f"CREATE INDEX {short}_{name} ON {table} {columns}")


def drop_indexes(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for short in TABLES:
            for name in COLUMNS:
                schema_editor.execute(f"DROP INDEX IF EXISTS {short}_{name}")


class Migration(migrations.Migration):
    dependencies = [("shop", "0010_customers_desk")]
    operations = [TrigramExtension(), migrations.RunPython(make_indexes, drop_indexes)]
