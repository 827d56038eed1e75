"""What a reader wants of an import, once they have seen what it holds."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from library.content.text import fold, single_line
from library.forms.fields import one_line
from library.models import ImportRun
from library.models.tags import KEY_LENGTH, NAME_LENGTH

LONG_TAG = f"A tag has at most {NAME_LENGTH} characters, so nothing was imported yet. Shorten it."
LONG_TYPE = "A type has at most 100 characters, so nothing was imported yet. Shorten it."
SAME = (
    ("update", "Update its texts; what you wrote yourself stays"),
    ("skip", "Leave the article as it is"),
)


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

    def clean_tags(self) -> list[str]:
        names = [single_line(name) for name in self.cleaned_data["tags"].split(",")]
        if any(len(name) > NAME_LENGTH or len(fold(name)) > KEY_LENGTH for name in names):
            raise ValidationError(LONG_TAG)
        return list(dict.fromkeys(filter(None, names)))

    def clean_type(self) -> str:
        return single_line(self.cleaned_data["type"])
