"""What is said about a passage: its colour, a note, and which passage it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from library.content.anchors import Anchor
from library.content.text import clean_text
from library.forms.edit import clean_names, tags_field
from library.forms.fields import markdown
from library.models import Colour

NOTE_LENGTH = 20_000
NOTE_TOO_LONG = f"A note has at most {NOTE_LENGTH:,} characters. Nothing is saved yet; shorten it."
NO_COLOUR = "Choose one of the four colours."
NOT_THERE = "These words aren’t in the paragraph. Copy them as they stand there."
MOST_SENTENCES = 200
LARGEST = 2**31 - 1


class HighlightForm(forms.Form):
    colour = forms.ChoiceField(
        choices=Colour.choices,
        initial=Colour.OCHRE,
        widget=forms.RadioSelect,
        error_messages={"required": NO_COLOUR, "invalid_choice": NO_COLOUR},
    )
    note = forms.CharField(
        label="Your note",
        required=False,
        strip=False,
        max_length=NOTE_LENGTH,
        widget=markdown(5),
        error_messages={"max_length": NOTE_TOO_LONG},
    )

    tags = tags_field()

    def clean_tags(self) -> list[str]:
        return list(clean_names(self.cleaned_data["tags"]).values())

    def clean_note(self) -> str:
        note = clean_text(self.cleaned_data["note"])
        return note if note.strip() else ""


class PassageForm(HighlightForm):
    """A passage as the page's script found it: the quote that the reader saw, and where it stood."""

    section = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    start = forms.IntegerField(min_value=0, max_value=LARGEST)
    end = forms.IntegerField(min_value=1, max_value=LARGEST)
    quote = forms.CharField(strip=False)

    @property
    def passage(self) -> Anchor:
        given = self.cleaned_data
        return Anchor(clean_text(given["quote"]), start=given["start"], end=given["end"])


class MarkForm(HighlightForm):
    """A passage of one paragraph, chosen without a script."""

    sentence = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, error_messages={"invalid_choice": NOT_THERE}
    )
    words = forms.CharField(label="Or only these words", required=False, widget=forms.TextInput({"class": "field"}))

    def __init__(self, text: str, sentences: Sequence[tuple[int, int]], data: QueryDict | None = None) -> None:
        super().__init__(data)
        self._text, self._sentences = text, sentences
        shown = sentences[:MOST_SENTENCES] if len(sentences) > 1 else []
        self.fields["sentence"].choices = [(str(n), text[start:end]) for n, (start, end) in enumerate(shown)]  # type: ignore[attr-defined]

    def clean_words(self) -> tuple[int, int] | None:
        words = clean_text(self.cleaned_data["words"]).split()
        found = re.search(r"\s+".join(map(re.escape, words)), self._text) if words else None
        if words and not found:
            raise ValidationError(NOT_THERE)
        return found.span() if found else None

    @property
    def place(self) -> tuple[int, int]:
        """Where in the paragraph it is: the words, else from the first ticked sentence to the last, else all of it."""
        given: dict[str, Any] = self.cleaned_data
        if given["words"]:
            start, end = given["words"]
            return start, end
        ticked = [self._sentences[int(number)] for number in given["sentence"]] or self._sentences
        return ticked[0][0], ticked[-1][1]
