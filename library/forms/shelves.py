"""Give a search a name, and change what was given."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from library.content.text import fold, single_line
from library.forms.fields import one_line
from library.models import Shelf, User
from library.models.shelves import MOST_SHELVES, QUERY_LENGTH
from library.models.tags import KEY_LENGTH, NAME_LENGTH
from library.search.fields import SORTS
from library.search.query import parse

NO_NAME = "Give the shelf a name."
LONG_NAME = f"A name has at most {NAME_LENGTH} characters."
NAME_TAKEN = "You have a shelf of this name already. Choose another."
NO_QUERY = "Write what the shelf is to find."
LONG_QUERY = f"A search has at most {QUERY_LENGTH:,} characters."
EMPTY_QUERY = "This finds nothing by itself. Write a word, or something such as is:unread."
NO_SORT = "There is no such order. Choose one of the list."
TOO_MANY = f"You have {MOST_SHELVES} shelves, and that is the most there can be. Delete one first."
QUERY_HELP = 'As in the search box: words, "exact words", tag:databases, is:unread, -without.'
SORT_WORDS = {
    "best": "Best match",
    "newest": "Newest first",
    "oldest": "Oldest first",
    "title": "Title",
    "longest": "Longest first",
    "shortest": "Shortest first",
}
FIELDS = ("name", "query", "sort", "in_rail")


def sort_choices() -> list[tuple[str, str]]:
    return [("", "As search does by itself"), *((word, SORT_WORDS.get(word, word)) for word in SORTS)]


class ShelfForm(forms.Form):
    """A new shelf of `owner`, or the change of one of theirs."""

    name = forms.CharField(
        max_length=NAME_LENGTH,
        error_messages={"required": NO_NAME, "max_length": LONG_NAME},
        widget=one_line(dir="auto", autocomplete="off"),
    )
    query = forms.CharField(
        label="Search",
        max_length=QUERY_LENGTH,
        error_messages={"required": NO_QUERY, "max_length": LONG_QUERY},
        widget=one_line(dir="auto", autocomplete="off", autocapitalize="none", spellcheck="false"),
        help_text=QUERY_HELP,
    )
    sort = forms.ChoiceField(
        label="Order",
        required=False,
        choices=sort_choices,
        error_messages={"invalid_choice": NO_SORT},
        widget=forms.Select({"class": "field"}),
    )
    in_rail = forms.BooleanField(label="Show it beside every page", required=False)

    def __init__(
        self,
        owner: User,
        shelf: Shelf | None = None,
        data: QueryDict | None = None,
        given: dict[str, Any] | None = None,
    ) -> None:
        self.owner, self.shelf = owner, shelf
        super().__init__(data, initial={name: getattr(shelf, name) for name in FIELDS} if shelf else given)
        if shelf is None:
            self.fields["name"].widget.attrs["autofocus"] = True

    def clean_name(self) -> str:
        name = single_line(self.cleaned_data["name"])
        if len(fold(name)) > KEY_LENGTH:
            raise ValidationError(LONG_NAME)
        if any(shelf != self.shelf for shelf in self.owner.shelves.named(name)):
            raise ValidationError(NAME_TAKEN)
        return name

    def clean_query(self) -> str:
        query = single_line(self.cleaned_data["query"])
        understood = parse(query)
        if not understood:
            raise ValidationError(understood.sentences or [EMPTY_QUERY])
        return query

    def clean(self) -> dict[str, Any]:
        if self.shelf is None and self.owner.shelves.count() >= MOST_SHELVES:
            raise ValidationError(TOO_MANY)
        return self.cleaned_data

    def save(self) -> None:
        """The caller holds the owner's shelves."""
        given = self.cleaned_data
        if self.shelf is None:
            Shelf.objects.append(self.owner, **given)
            return
        for name in FIELDS:
            setattr(self.shelf, name, given[name])
        self.shelf.set_name(given["name"])
        self.shelf.save(update_fields=[*FIELDS, "name_key"])
