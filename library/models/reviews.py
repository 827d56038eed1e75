"""When a highlight comes up in the daily review, and the five of a day."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

if TYPE_CHECKING:
    from library.models.users import User

A_DAY = 5
ONCE, SELDOM = 1, 4
"""So many turns a passage takes when it is shown; one that is to come up less often takes more at once."""


def midnight() -> datetime:
    """When the reader's day began."""
    return timezone.make_aware(datetime.combine(timezone.localdate(), time.min))


class ReviewQuerySet(models.QuerySet["Review"]):
    """Those of articles in the Bin stay in the table, and are never among the five."""

    def of(self, owner: User) -> Self:
        return self.filter(owner=owner)

    def kept(self) -> Self:
        return self.filter(highlight__link__deleted_at__isnull=True)

    def waiting(self) -> Self:
        """In the order of their turns: never seen first, then those seen least, then those seen longest ago."""
        return self.filter(stopped=False).order_by("turns", "since", "pk")

    def seen(self) -> Self:
        """In the order in which they were last seen."""
        return self.filter(seen_at__isnull=False).order_by("seen_at", "pk")

    def note_seen(self, pk: int) -> int:
        """Once a day counts once. How many it was: 1 or 0."""
        now = timezone.now()
        unseen = self.filter(Q(seen_at__isnull=True) | Q(seen_at__lt=midnight()), pk=pk)
        turns = models.Case(models.When(seldom=True, then=F("turns") + SELDOM), default=F("turns") + ONCE)
        return unseen.update(turns=turns, since=now, seen_at=now)

    def let_come(self, pk: int, *, seldom: bool) -> int:
        """More or less often. How many it was: 1 or 0."""
        more = SELDOM - ONCE if seldom else ONCE - SELDOM
        return self.filter(pk=pk, seldom=not seldom).update(turns=F("turns") + more, seldom=seldom)

    def stop(self, pk: int, *, stopped: bool) -> int:
        return self.filter(pk=pk).update(stopped=stopped)


class Review(models.Model):
    """One row a highlight, made by a trigger with it, so that the next ones are found without a look at the others.

    `since` is when it was last seen; until then, when it was made.
    """

    highlight = models.OneToOneField(
        "library.Highlight", on_delete=models.CASCADE, primary_key=True, related_name="review"
    )
    owner = models.ForeignKey("library.User", on_delete=models.CASCADE, related_name="reviews", db_index=False)
    turns = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    seldom = models.BooleanField(default=False)
    stopped = models.BooleanField(default=False)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["owner", "turns", "since", "highlight"], name="review_turns", condition=Q(stopped=False)
            ),
            models.Index(
                fields=["owner", "seen_at", "highlight"], name="review_seen", condition=Q(seen_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.highlight_id}: {self.turns}"

    @property
    def seen_today(self) -> bool:
        return self.seen_at is not None and self.seen_at >= midnight()


def left_today(owner: User) -> int:
    return sum(not review.seen_today for review in todays(owner))


def todays(owner: User) -> list[Review]:
    """The passages of the day: those seen today in their order, then those whose turn it is.

    Only what was so before the day began decides, so they are the same all day. What was marked today comes up where
    nothing older is left. One that was stopped today leaves its place empty.
    """
    began = midnight()
    reviews = Review.objects.of(owner).kept()
    seen = list(reviews.seen().filter(seen_at__gte=began)[:A_DAY])
    left = A_DAY - len(seen)
    older = list(reviews.waiting().filter(since__lt=began)[:left])
    newer = reviews.waiting().filter(since__gte=began, seen_at__isnull=True)[: left - len(older)]
    return [*(each for each in seen if not each.stopped), *older, *newer]
