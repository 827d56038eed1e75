from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("library", "0029_exports_of_one_article")]

    operations = [
        migrations.AddField(
            model_name="importrun",
            name="mapping",
            field=models.JSONField(
                blank=True, default=dict, help_text="What columns mean, where the reader has said it."
            ),
        ),
        migrations.AddField(
            model_name="importrun",
            name="found",
            field=models.JSONField(
                blank=True, default=dict, help_text="What a check saw: the formats, and columns with their first values."
            ),
        ),
        migrations.AddField(
            model_name="importrun",
            name="on_server",
            field=models.BooleanField(default=False, help_text="A folder that staff named; the worker imports it."),
        ),
    ]
