"""A reader of the library, with how they like to read."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangosUserManager
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models
from django.db.models.functions import Upper


class Theme(models.TextChoices):
    SYSTEM = "", "Match the system"
    LIGHT = "light", "Light"
    SEPIA = "sepia", "Sepia"
    DARK = "dark", "Dark"


class Face(models.TextChoices):
    """What articles are set in."""

    LITERATA = "literata", "Literata"
    SOURCE = "source", "Source Serif"
    ATKINSON = "atkinson", "Atkinson Hyperlegible"
    SYSTEM = "system", "The system’s"


# The least and the most, as forms and the database hold them.
TEXT_SIZES = (15, 26)
MEASURES = (30, 46)
LEADINGS = (140, 190)


def within(field: str, bounds: tuple[int, int]) -> models.Q:
    return models.Q((f"{field}__gte", bounds[0]), (f"{field}__lte", bounds[1]))


class UserManager(DjangosUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        """In any case, as the log-in finds them, so that `createsuperuser` says of such a name that it is taken."""
        return self.get(username__iexact=username)


class User(AbstractUser):
    """Links, tags, shelves and imports belong to one. Without a usable password they wait to be claimed at /setup/."""

    theme = models.CharField(max_length=5, choices=Theme, default=Theme.SYSTEM, blank=True)
    face = models.CharField(max_length=8, choices=Face, default=Face.LITERATA, help_text="What articles are set in.")
    text_size = models.PositiveSmallIntegerField(
        default=19, validators=[MinValueValidator(15), MaxValueValidator(26)], help_text="Pixels."
    )
    measure = models.PositiveSmallIntegerField(default=41, help_text="Length of a line, in rem.")
    leading = models.PositiveSmallIntegerField(default=165, help_text="Height of a line, in hundredths of the size.")
    justified = models.BooleanField(default=False)
    margin_notes = models.BooleanField(default=True, help_text="Notes are shown beside the text.")
    time_zone = models.CharField(max_length=64, blank=True, help_text="Blank: the server's.")
    single_keys = models.BooleanField(default=True, help_text="Keyboard shortcuts of one key.")

    objects: ClassVar[UserManager] = UserManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            # In capitals, as the log-in asks the database for a name: of two it would take neither.
            models.UniqueConstraint(Upper("username"), name="user_name_once_in_any_case"),
            models.CheckConstraint(condition=within("text_size", TEXT_SIZES), name="user_text_size_readable"),
            models.CheckConstraint(condition=within("measure", MEASURES), name="user_measure_readable"),
            models.CheckConstraint(condition=within("leading", LEADINGS), name="user_leading_readable"),
            models.CheckConstraint(condition=models.Q(face__in=Face.values), name="user_face_known"),
        ]

    @property
    def revision(self) -> int:
        """A number that grows with every change to this reader's links, tags and shelves (database triggers)."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM library_revision WHERE owner_id = %s", [self.pk])
            found = cursor.fetchone()
        return found[0] if found else 0
