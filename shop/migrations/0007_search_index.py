"""Trigrams find words that are nearly right. Only PostgreSQL has them; on SQLite this changes nothing."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


def make_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX product_search_trigram ON shop_product USING gin (search_text gin_trgm_ops)"
        )


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS product_search_trigram")


class Migration(migrations.Migration):
    dependencies = [("shop", "0006_collections_sizes_search")]
    operations = [TrigramExtension(), migrations.RunPython(make_index, drop_index)]
