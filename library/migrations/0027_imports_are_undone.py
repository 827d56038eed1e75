from django.db import migrations, models

STATES = [
    ("checking", "Checking"),
    ("checked", "Checked"),
    ("running", "Running"),
    ("paused", "Paused"),
    ("stopped", "Stopped"),
    ("done", "Done"),
    ("failed", "Failed"),
    ("undoing", "Undoing"),
    ("undone", "Undone"),
]


class Migration(migrations.Migration):
    dependencies = [("library", "0026_checked_imports")]

    operations = [
        migrations.RemoveConstraint(model_name="importrun", name="import_run_state_known"),
        migrations.AlterField(
            model_name="importrun",
            name="state",
            field=models.CharField(choices=STATES, default="running", max_length=8),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=models.Q(state__in=[state for state, _ in STATES]), name="import_run_state_known"
            ),
        ),
    ]
