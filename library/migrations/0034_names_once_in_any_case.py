"""No two readers whose names differ in nothing but capitals: neither of them could log in by password."""

import logging

import library.models.users
from django.db import migrations, models
from django.db.models.functions import Upper

logger = logging.getLogger("library")
LONGEST = 150


def tell_apart(apps, schema_editor):
    """Who came first keeps the name, the others get a number after it."""
    User = apps.get_model("library", "User")
    capitals = Upper("username")
    seen = set()
    for pk, name, key in User.objects.order_by("pk").values_list("pk", "username", capitals):
        if key not in seen:
            seen.add(key)
            continue
        number = 2
        while User.objects.filter(username__iexact=free(name, number)).exists():
            number += 1
        User.objects.filter(pk=pk).update(username=free(name, number))
        logger.warning("Two readers were called %s. The later one logs in as %s from now on.", name, free(name, number))


def free(name, number):
    return f"{name[: LONGEST - len(str(number)) - 1]}-{number}"


class Migration(migrations.Migration):

    dependencies = [("library", "0033_security_log")]

    operations = [
        migrations.RunPython(tell_apart, migrations.RunPython.noop),
        migrations.AlterModelManagers(name="user", managers=[("objects", library.models.users.UserManager())]),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(Upper("username"), name="user_name_once_in_any_case"),
        ),
    ]
