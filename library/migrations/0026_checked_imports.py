from django.db import migrations, models


def put_in_their_places(apps, schema_editor):
    records = apps.get_model("library", "ImportedRecord").objects.using(schema_editor.connection.alias)
    records.exclude(warnings=[]).update(place=1)
    records.filter(outcome="rejected").update(place=0)
    records.filter(outcome="ignored").update(place=3)


class Migration(migrations.Migration):
    dependencies = [("library", "0025_attachments")]

    operations = [
        migrations.AddField(
            model_name="importedrecord",
            name="about",
            field=models.JSONField(
                default=dict, help_text="The title, type and tags of a record that became no article."
            ),
        ),
        migrations.AddField(
            model_name="importrun",
            name="folders",
            field=models.BooleanField(default=True, help_text="The names of folders become tags."),
        ),
        migrations.AddField(
            model_name="importrun",
            name="tags",
            field=models.JSONField(blank=True, default=list, help_text="Names of tags that all its articles get."),
        ),
        migrations.AddField(
            model_name="importrun",
            name="type",
            field=models.CharField(
                blank=True, help_text="Of new articles whose file names none.", max_length=100
            ),
        ),
        migrations.AddField(
            model_name="importedrecord",
            name="place",
            field=models.PositiveSmallIntegerField(
                choices=[(0, "Left Out"), (1, "To Look At"), (2, "Other"), (3, "Holds None")], default=2
            ),
        ),
        migrations.AddIndex(
            model_name="importedrecord",
            index=models.Index(fields=["run", "place", "id"], name="imported_record_by_place"),
        ),
        migrations.RunPython(put_in_their_places, migrations.RunPython.noop, elidable=True),
    ]
