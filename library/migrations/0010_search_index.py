from django.db import migrations, models

COLUMNS = "title, overview, summary, article, notes, tags"
TOKENIZER = "porter unicode61 remove_diacritics 2"

POSTGRES = """
CREATE TEXT SEARCH DICTIONARY commonplace_english (TEMPLATE = snowball, LANGUAGE = english);
CREATE TEXT SEARCH CONFIGURATION commonplace (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION commonplace ALTER MAPPING FOR asciiword, word WITH commonplace_english;
ALTER TABLE library_searchdocument ADD COLUMN vector tsvector;
CREATE INDEX search_document_words ON library_searchdocument USING gin (vector);
CREATE INDEX search_document_by_owner ON library_searchdocument (owner_id, number);
"""
POSTGRES_BACK = """
DROP INDEX search_document_by_owner;
ALTER TABLE library_searchdocument DROP COLUMN vector;
DROP TEXT SEARCH CONFIGURATION commonplace;
DROP TEXT SEARCH DICTIONARY commonplace_english;
"""


def make_index(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES)
        return
    # Without content of its own the index is a third of the size; deleting from such a one came with SQLite 3.43.
    contentless = connection.Database.sqlite_version_info >= (3, 43)
    content = "content='', contentless_delete=1, " if contentless else ""
    schema_editor.execute(
        f"CREATE VIRTUAL TABLE library_searchindex USING fts5({COLUMNS}, {content}tokenize='{TOKENIZER}')"
    )
    # Kept in the index itself: larger merges in memory, 1.5 times the speed of an import.
    for option, value in (("hashsize", 16777216), ("automerge", 16), ("crisismerge", 64)):
        schema_editor.execute(
            f"INSERT INTO library_searchindex (library_searchindex, rank) VALUES ('{option}', {value})"
        )


def drop_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES_BACK)
    else:
        schema_editor.execute("DROP TRIGGER IF EXISTS search_document_removed")
        schema_editor.execute("DROP TABLE library_searchindex")


class Migration(migrations.Migration):
    dependencies = [("library", "0009_sort_keys_in_byte_order")]
    operations = [
        migrations.AddField("searchdocument", "checksum", models.BigIntegerField(default=0, help_text="Of all that was indexed.")),
        migrations.RunPython(make_index, drop_index),
    ]
