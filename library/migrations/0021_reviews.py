import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


FILL = """
INSERT INTO library_review (highlight_id, owner_id, turns, since, seldom, stopped)
SELECT h.id, l.owner_id, 0, h.created_at, FALSE, FALSE
FROM library_highlight AS h JOIN library_link AS l ON l.id = h.link_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('library', '0020_newest_highlights'),
    ]

    operations = [
        migrations.CreateModel(
            name='Review',
            fields=[
                ('highlight', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='review', serialize=False, to='library.highlight')),
                ('turns', models.PositiveIntegerField(default=0)),
                ('since', models.DateTimeField()),
                ('seen_at', models.DateTimeField(blank=True, null=True)),
                ('seldom', models.BooleanField(default=False)),
                ('stopped', models.BooleanField(default=False)),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('stopped', False)), fields=['owner', 'turns', 'since', 'highlight'], name='review_turns'), models.Index(condition=models.Q(('seen_at__isnull', False)), fields=['owner', 'seen_at', 'highlight'], name='review_seen')],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
