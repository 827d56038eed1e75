from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("library", "0023_places_in_articles")]

    operations = [
        migrations.RemoveIndex(model_name="source", name="source_by_original"),
        migrations.AddField(
            model_name="source",
            name="position",
            field=models.PositiveIntegerField(default=0, help_text="Of the record in its file."),
        ),
        migrations.AddField(
            model_name="source",
            name="records",
            field=models.PositiveIntegerField(default=1, help_text="How many the file holds."),
        ),
        migrations.AddIndex(
            model_name="source",
            index=models.Index(fields=["owner", "original", "position"], name="source_by_record"),
        ),
        migrations.AlterField(
            model_name="importrun",
            name="cursor",
            field=models.JSONField(
                blank=True,
                null=True,
                help_text="The last file done: the number of its path, its name in sorted order, and how many of its "
                "records are done where that is not all.",
            ),
        ),
    ]
