from importlib import import_module

from django.db import migrations, models

# Terms come ready made (library.content.words): the index only has to divide them at blanks. Characters beyond ASCII
# are part of a term for this tokenizer, whatever they are.
COLUMNS = "article, title, overview, summary, notes, highlights, tags"
TOKENIZER = "ascii tokenchars ''+#.''"

POSTGRES = """
DROP INDEX search_document_words;
ALTER TABLE library_searchdocument DROP COLUMN vector;
DROP TEXT SEARCH CONFIGURATION commonplace;
DROP TEXT SEARCH DICTIONARY commonplace_english;
ALTER TABLE library_searchdocument ADD COLUMN vector tsvector, ADD COLUMN layers tsvector;
CREATE INDEX search_document_words ON library_searchdocument USING gin (vector);
CREATE INDEX search_document_layers ON library_searchdocument USING gin (layers);
ALTER TABLE library_searchword ALTER COLUMN word SET DATA TYPE varchar(30) COLLATE "C";
"""

POSTGRES_BACK = """
DROP INDEX search_document_by_owner;
ALTER TABLE library_searchdocument DROP COLUMN vector, DROP COLUMN layers;
"""
INDEX_ANEW = (
    "DELETE FROM library_searchdocument",
    "INSERT INTO library_searchpending (owner_id, link_id) "
    "SELECT owner_id, id FROM library_link WHERE deleted_at IS NULL",
)


def make_index(apps, schema_editor):
    """Make the index anew, empty. The links wait for it: searches and the worker fill it."""
    connection = schema_editor.connection
    if connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES)
    else:
        schema_editor.execute("DROP TRIGGER IF EXISTS search_document_removed")
        schema_editor.execute("DROP TABLE library_searchindex")
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
    for statement in INDEX_ANEW:
        schema_editor.execute(statement)


def make_former_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES_BACK)
    else:
        schema_editor.execute("DROP TRIGGER IF EXISTS search_document_removed")
        schema_editor.execute("DROP TABLE library_searchindex")
    import_module("library.migrations.0010_search_index").make_index(apps, schema_editor)
    for statement in INDEX_ANEW:
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('library', '0012_highlights'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchLanguage',
            fields=[
                ('pk', models.CompositePrimaryKey('owner_id', 'language', blank=True, editable=False, primary_key=True, serialize=False)),
                ('owner_id', models.BigIntegerField()),
                ('language', models.CharField(max_length=2)),
            ],
        ),
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('pk', models.CompositePrimaryKey('owner_id', 'word', blank=True, editable=False, primary_key=True, serialize=False)),
                ('owner_id', models.BigIntegerField()),
                ('word', models.CharField(max_length=30)),
            ],
        ),
        migrations.AddField(
            model_name='searchdocument',
            name='cut',
            field=models.BooleanField(default=False, help_text='Its texts are longer than what is indexed of one link.'),
        ),
        migrations.RunPython(make_index, make_former_index),
    ]
