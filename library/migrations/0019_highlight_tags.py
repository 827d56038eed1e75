import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('library', '0018_types_newest_first'),
    ]

    operations = [
        migrations.CreateModel(
            name='HighlightTag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('highlight', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='highlight_tags', to='library.highlight')),
                ('tag', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='highlight_tags', to='library.tag')),
            ],
            options={
                'indexes': [models.Index(fields=['tag', 'highlight'], name='highlight_tag_by_tag')],
                'constraints': [models.UniqueConstraint(fields=('highlight', 'tag'), name='highlight_tag_once')],
            },
        ),
        migrations.AddField(
            model_name='highlight',
            name='tags',
            field=models.ManyToManyField(related_name='highlights', through='library.HighlightTag', to='library.tag'),
        ),
    ]
