"""What an undo of a whole restore takes back beside the articles."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("library", "0034_names_once_in_any_case")]

    operations = [
        migrations.AddField(
            model_name="importrun",
            name="whole",
            field=models.JSONField(
                blank=True,
                default=dict,
                editable=False,
                help_text="What a library that was restored as a whole brought beside its articles.",
            ),
        ),
    ]
