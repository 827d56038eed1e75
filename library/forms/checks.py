"""What a reader wants of an import, once they have seen what it holds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from library.content.text import fold, single_line
from library.forms.fields import one_line
from library.importers import looking
from library.importers.formats import fields
from library.models import ImportRun
from library.models.tags import KEY_LENGTH, NAME_LENGTH

LONG_TAG = f"A tag has at most {NAME_LENGTH} characters, so nothing was imported yet. Shorten it."
LONG_TYPE = "A type has at most 100 characters, so nothing was imported yet. Shorten it."
SAME = (
    ("update", "Update its texts; what you wrote yourself stays"),
    ("skip", "Leave the article as it is"),
)


MEANINGS = {
    "": "None of these",
    "title": "Title",
    "url": "Address",
    "tags": "Tags",
    "type": "Type",
    "created": "Date it was saved",
    "overview": "Overview",
    "summary": "Summary",
    "article": "Article",
    "note": "Note",
    "state": "State (to read, reading, finished)",
    "read": "Read (yes or no)",
    "archived": "Archived (yes or no)",
    "favourite": "Favourite (yes or no)",
    "progress": "Progress in percent",
}


class CheckForm(forms.Form):
    same_address = forms.ChoiceField(
        label="Where the address is in the library already",
        choices=SAME,
        widget=forms.Select({"class": "field"}),
    )
    tags = forms.CharField(
        label="Tags for all of them",
        required=False,
        max_length=1_000,
        help_text="Separated by commas. They count as yours: no later import takes them off.",
        widget=one_line(dir="auto", autocomplete="off"),
    )
    type = forms.CharField(
        label="Type of those that have none",
        required=False,
        max_length=100,
        error_messages={"max_length": LONG_TYPE},
        widget=one_line(dir="auto", autocomplete="off"),
    )
    folders = forms.BooleanField(label="Folders of bookmarks become tags", required=False)

    def __init__(self, run: ImportRun, data: QueryDict | None = None) -> None:
        before = {name: getattr(run, name) for name in ("same_address", "type", "folders")}
        super().__init__(data, initial={**before, "tags": ", ".join(run.tags)})
        if run.found and not looking.take_folders(run.found["formats"]):
            del self.fields["folders"]
        self.samples = dict(run.found.get("columns", ()))
        self._seeming = fields.mapping_of(self.samples)
        for number, name in enumerate(self.samples):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=name,
                required=False,
                choices=MEANINGS.items,
                initial=run.mapping.get(name, self._seeming.get(name, "")),
                widget=forms.Select({"class": "field"}),
            )

    @property
    def columns(self) -> list[tuple[forms.BoundField, list[str]]]:
        """The field of each column, and the first values in it."""
        return [(self[f"column_{number}"], values) for number, values in enumerate(self.samples.values())]

    @property
    def wishes(self) -> dict[str, Any]:
        """Of a valid form, as an ImportRun keeps them. A column that means what it seems to is not named."""
        said = {name: self.cleaned_data.pop(f"column_{number}") for number, name in enumerate(self.samples)}
        mapping = {name: field for name, field in said.items() if field != self._seeming.get(name, "")}
        return {**self.cleaned_data, "mapping": mapping}

    def clean_tags(self) -> list[str]:
        names = [single_line(name) for name in self.cleaned_data["tags"].split(",")]
        if any(len(name) > NAME_LENGTH or len(fold(name)) > KEY_LENGTH for name in names):
            raise ValidationError(LONG_TAG)
        return list(dict.fromkeys(filter(None, names)))

    def clean_type(self) -> str:
        return single_line(self.cleaned_data["type"])
