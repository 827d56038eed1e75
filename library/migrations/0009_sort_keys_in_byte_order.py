from django.db import migrations

COLUMNS = (
    ("library_link", "title_key", 200),
    ("library_link", "type", 100),
    ("library_link", "site", 255),
    ("library_tag", "name_key", 300),
    ("library_tag", "slug", 300),
)


def collate(apps, schema_editor):
    """PostgreSQL sorts text by the server's language; SQLite by code point. Make both the same."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for table, column, size in COLUMNS:
        schema_editor.execute(f'ALTER TABLE {table} ALTER COLUMN {column} SET DATA TYPE varchar({size}) COLLATE "C"')


class Migration(migrations.Migration):
    dependencies = [("library", "0008_renderings")]
    operations = [migrations.RunPython(collate, migrations.RunPython.noop)]
