"""Notes in the margin are indexed as notes, no longer as highlights: the articles that have any wait to be indexed."""

from django.db import migrations

WAIT = (
    "INSERT INTO library_searchpending (owner_id, link_id) "
    "SELECT owner_id, id FROM library_link AS l "
    "WHERE EXISTS (SELECT 1 FROM library_highlight AS h WHERE h.link_id = l.id AND h.note <> '')"
)


class Migration(migrations.Migration):
    dependencies = [("library", "0035_restored_as_a_whole")]

    operations = [migrations.RunSQL(WAIT, WAIT)]
