from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("library", "0019_attachments")]

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
            field=models.BooleanField(default=False, help_text="The names of folders become tags."),
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
    ]
