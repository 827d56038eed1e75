from django.db import migrations, models

FILL = """
UPDATE library_link SET marked_at = (SELECT max(created_at) FROM library_highlight WHERE link_id = library_link.id)
WHERE id IN (SELECT link_id FROM library_highlight)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('library', '0019_highlight_tags'),
    ]

    operations = [
        migrations.AddField(
            model_name='link',
            name='marked_at',
            field=models.DateTimeField(blank=True, editable=False, help_text='When its newest highlight was made; a trigger keeps it so.', null=True),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='link',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True), ('marked_at__isnull', False)), fields=['owner', 'marked_at', 'id'], name='link_by_marked'),
        ),
        migrations.AddIndex(
            model_name='highlight',
            index=models.Index(fields=['-created_at', '-id'], name='highlight_newest'),
        ),
    ]
