"""Give a tag another name, other names beside it, and a description."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict

from library import tagging
from library.content.text import NO_TAG, clean_text, fold, single_line
from library.forms.edit import NOT_A_NAME, TAGS_LENGTH, clean_names, join_names
from library.forms.fields import one_line
from library.models import Tag
from library.models.tags import DESCRIPTION_LENGTH, NAME_LENGTH

NO_NAME = "Give the tag a name."
LONG_NAME = f"A name has at most {NAME_LENGTH} characters."
LONG_BELOW = "With this name, a tag below it would have more than {most} characters: {name}…"
NAME_TAKEN = "You have a tag of this name already: {name}. The two can be merged."
ALIAS_TAKEN = "“{name}” is a name of your tag {tag}. Merge the two, or leave it out here."
LONG_DESCRIPTION = f"A description has at most {DESCRIPTION_LENGTH:,} characters."
ALIASES_HELP = "Separated by commas. What is typed or imported under one of these becomes this tag."
BELOW_HELP = "A slash puts a tag below another, as in databases/sqlite."


class TagForm(forms.Form):
    """`taken` is the tag that has the wanted name already."""

    name = forms.CharField(
        max_length=NAME_LENGTH,
        error_messages={"required": NO_NAME, "max_length": LONG_NAME},
        widget=one_line(dir="auto", autocomplete="off", autocapitalize="none"),
        help_text=BELOW_HELP,
    )
    aliases = forms.CharField(
        label="Other names",
        required=False,
        max_length=TAGS_LENGTH,
        widget=one_line(dir="auto", autocomplete="off", autocapitalize="none"),
        help_text=ALIASES_HELP,
    )
    description = forms.CharField(
        required=False,
        max_length=DESCRIPTION_LENGTH,
        error_messages={"max_length": LONG_DESCRIPTION},
        widget=forms.Textarea({"class": "field", "rows": 3, "dir": "auto"}),
    )

    def __init__(self, tag: Tag, data: QueryDict | None = None) -> None:
        self.tag = tag
        self.taken: Tag | None = None
        aliases = join_names(tag.aliases.order_by("name_key").values_list("name", flat=True))
        super().__init__(data, initial={"name": tag.name, "aliases": aliases, "description": tag.description})

    def clean_name(self) -> str:
        name = single_line(self.cleaned_data["name"])
        if not tagging.fits(name):
            raise ValidationError(LONG_NAME)
        if fold(name) == NO_TAG:
            raise ValidationError(NOT_A_NAME)
        self.taken = self._other(name)
        if self.taken:
            raise ValidationError(NAME_TAKEN.format(name=self.taken.name))
        if fold(name) != self.tag.name_key:
            for below in tagging.moved_names(self.tag, name).values():
                if not tagging.fits(below):
                    raise ValidationError(LONG_BELOW.format(most=NAME_LENGTH, name=below[:30]))
        return name

    def clean_aliases(self) -> list[str]:
        names = clean_names(self.cleaned_data["aliases"]).values()
        for name in names:
            if other := self._other(name):
                raise ValidationError(ALIAS_TAKEN.format(name=name, tag=other.name))
        return list(names)

    def clean_description(self) -> str:
        return clean_text(self.cleaned_data["description"]).strip()

    def _other(self, name: str) -> Tag | None:
        meant = Tag.objects.called(self.tag.owner_id, [name]).get(fold(name))
        return meant if meant != self.tag else None

    @transaction.atomic
    def save(self) -> None:
        """The former name becomes one of the others, so it comes last."""
        given: dict[str, Any] = self.cleaned_data
        tagging.set_aliases(self.tag, given["aliases"])
        self.tag.description = given["description"]
        self.tag.save(update_fields=["description"])
        if given["name"] != self.tag.name:
            tagging.rename(self.tag, given["name"])
