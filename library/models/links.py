"""A saved address: what a reader calls an article."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from library.content import text as content_text
from library.content import urls
from library.content.facts import Facts, facts

if TYPE_CHECKING:
    pass

TITLE_KEY_LENGTH = 200
UNTITLED = "Untitled"


def shown_title(title: str, url: str = "") -> str:
    """What a reader sees of an article's title, which may be blank."""
    return title.strip() or url or UNTITLED


class State(models.TextChoices):
    INBOX = "inbox", "Inbox"
    READING = "reading", "Reading"
    FINISHED = "finished", "Finished"
    ARCHIVED = "archived", "Archived"


UNREAD = (State.INBOX, State.READING)


class LinkQuerySet(models.QuerySet["Link"]):
    """The filter words of the library. Everything leaves the Bin out: begin with `kept()` or `binned()`."""

    def kept(self) -> Self:
        return self.filter(deleted_at__isnull=True)

    def binned(self) -> Self:
        return self.filter(deleted_at__isnull=False)

    def unread(self) -> Self:
        return self.filter(state__in=UNREAD)

    def in_state(self, state: str) -> Self:
        return self.filter(state=state)

    def favourites(self) -> Self:
        return self.filter(favourite=True)


def address_hash(url: str) -> str | None:
    """SHA-256 (hex) of the canonical form of `url`; None where it is not a web address.

    A hash, because PostgreSQL's B-tree takes no key over 2,704 bytes and addresses can be longer.
    """
    return hash_of(urls.canonical(url))


def hash_of(canonical: str | None) -> str | None:
    return hashlib.sha256(canonical.encode()).hexdigest() if canonical else None


def title_key(title: str) -> str:
    """By what titles are sorted and grouped: folded here, since SQLite's lower() knows only ASCII."""
    return content_text.fold(title)[:TITLE_KEY_LENGTH]


def title_slug(title: str) -> str:
    """What stands behind the id in the reader's address. Decoration: the id alone finds the article."""
    return slugify(title, allow_unicode=True)[:60].strip("-") or "article"


class Link(models.Model):
    """One saved address with its state. Its texts are Sections and never part of a list query."""

    owner = models.ForeignKey("library.User", on_delete=models.CASCADE, related_name="links")
    url = models.TextField(blank=True)
    url_hash = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001 - NULLs are distinct
    site = models.CharField(max_length=255, blank=True, editable=False)
    title = models.TextField(blank=True)
    title_key = models.CharField(max_length=TITLE_KEY_LENGTH, blank=True, editable=False)
    type = models.CharField(max_length=100, blank=True)
    saved_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=8, choices=State, default=State.INBOX)
    favourite = models.BooleanField(default=False)
    progress = models.PositiveSmallIntegerField(default=0, help_text="Percent.")
    place = models.PositiveIntegerField(
        null=True, blank=True, editable=False, help_text="The block of the article up to which its reader came."
    )
    finished_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True, help_text="When it went to the Bin.")
    marked_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When its newest highlight was made; a trigger keeps it so."
    )
    extra = models.JSONField(default=dict, blank=True, help_text="Front matter that has no field of its own.")
    removed_tags = models.JSONField(
        default=list, blank=True, help_text="Folded names of tags the reader took off: no import puts them back."
    )
    gist = models.CharField(max_length=300, blank=True, editable=False)
    words = models.PositiveIntegerField(default=0, editable=False)
    minutes = models.PositiveIntegerField(default=0, editable=False)
    has_overview = models.BooleanField(default=False, editable=False)
    has_summary = models.BooleanField(default=False, editable=False)
    has_article = models.BooleanField(default=False, editable=False)
    has_note = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)
    tags = models.ManyToManyField("library.Tag", through="library.LinkTag", related_name="links")

    objects = LinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "url_hash"], name="link_one_address_per_owner"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="link_state_known"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="link_progress_percent"),
        ]
        indexes = [
            models.Index(
                fields=["owner", "saved_at", "id"], name="link_by_saved", condition=Q(deleted_at__isnull=True)
            ),
            models.Index(
                fields=["owner", "state", "saved_at", "id"],
                name="link_by_state",
                condition=Q(deleted_at__isnull=True),
            ),
            models.Index(
                fields=["owner", "type", "-saved_at", "-id"],
                name="link_by_type",
                condition=Q(deleted_at__isnull=True),
            ),
            models.Index(
                fields=["owner", "site", "saved_at", "id"],
                name="link_by_site",
                condition=Q(deleted_at__isnull=True),
            ),
            models.Index(
                fields=["owner", "title_key", "id"],
                name="link_by_title",
                condition=Q(deleted_at__isnull=True),
            ),
            models.Index(
                fields=["owner", "words", "id"], name="link_by_length", condition=Q(deleted_at__isnull=True)
            ),
            models.Index(
                fields=["owner", "saved_at", "id"],
                name="link_favourites",
                condition=Q(deleted_at__isnull=True, favourite=True),
            ),
            # With all that the statistics count by, so that they need not look the rows up.
            models.Index(
                fields=["owner", "finished_at", "id", "minutes", "type", "site", "deleted_at"],
                name="link_by_finished",
                condition=Q(deleted_at__isnull=True, finished_at__isnull=False),
            ),
            models.Index(
                fields=["owner", "marked_at", "id"],
                name="link_by_marked",
                condition=Q(deleted_at__isnull=True, marked_at__isnull=False),
            ),
            models.Index(
                fields=["owner", "deleted_at", "id"],
                name="link_in_bin",
                condition=Q(deleted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.display_title

    @property
    def display_title(self) -> str:
        return shown_title(self.title, self.url)

    @property
    def slug(self) -> str:
        return title_slug(self.title)

    def set_address(self, url: str) -> None:
        """Take `url` as written, and what is derived from it. Does not save."""
        self.url, self.url_hash, self.site = url, address_hash(url), urls.site(url)

    def set_title(self, title: str) -> None:
        """Take the title and its sort key. Does not save."""
        self.title, self.title_key = title, title_key(title)

    def set_state(self, state: str) -> None:
        """Move to a reading state; finishing notes when. Does not save."""
        self.state = State(state)
        if self.state == State.FINISHED:
            self.finished_at = self.finished_at or timezone.now()
        elif self.state != State.ARCHIVED:
            self.finished_at = None

    def set_facts(self, found: Facts) -> None:
        """Take what was computed from the sections' texts. Does not save."""
        for name in FACT_FIELDS:
            setattr(self, name, getattr(found, name))

    def recount(self) -> None:
        """Compute gist, words, minutes and flags again from the sections, and save them."""
        self.set_facts(facts(self.sections.values_list("kind", "text")))
        self.updated_at = timezone.now()
        self.save(update_fields=[*FACT_FIELDS, "updated_at"])


FACT_FIELDS = ("gist", "words", "minutes", "has_overview", "has_summary", "has_article", "has_note")


class FormerAddress(models.Model):
    """An address a link had before: a file that still names it finds the link again."""

    owner = models.ForeignKey("library.User", on_delete=models.CASCADE, related_name="former_addresses")
    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="former_addresses")
    url = models.TextField()
    url_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "url_hash"], name="former_address_once_per_owner"),
        ]

    def __str__(self) -> str:
        return self.url
