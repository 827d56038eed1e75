"""A reader of the library, with how they like to read."""

from django.contrib.auth.models import AbstractUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from library.models.revisions import Revision


class Theme(models.TextChoices):
    SYSTEM = "", "Match the system"
    LIGHT = "light", "Light"
    SEPIA = "sepia", "Sepia"
    DARK = "dark", "Dark"


class User(AbstractUser):
    """Links, tags, shelves and imports belong to one. Without a usable password they wait to be claimed at /setup/."""

    theme = models.CharField(max_length=5, choices=Theme, default=Theme.SYSTEM, blank=True)
    text_size = models.PositiveSmallIntegerField(
        default=19, validators=[MinValueValidator(15), MaxValueValidator(26)], help_text="Pixels."
    )
    time_zone = models.CharField(max_length=64, blank=True, help_text="Blank: the server's.")
    single_keys = models.BooleanField(default=True, help_text="Keyboard shortcuts of one key.")

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(text_size__gte=15, text_size__lte=26), name="user_text_size_readable"
            ),
        ]

    @property
    def revision(self) -> int:
        """A number that grows with every change to this reader's links, tags and shelves (database triggers)."""
        number = Revision.objects.filter(owner_id=self.pk).values_list("number", flat=True).first()
        return number or 0
