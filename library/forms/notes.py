"""What the reader says about an article as a whole."""

from __future__ import annotations

from django import forms
from django.http import QueryDict

from library.content.text import clean_text
from library.forms.edit import mark
from library.forms.fields import markdown

CHANGED = (
    "These notes were changed elsewhere while you wrote. Nothing is saved yet. Below is what they say now; take over "
    "what you want to keep, and save again."
)


class NoteForm(forms.Form):
    """As the edit form does, it knows what the notes said when it was shown, and overwrites nothing unseen."""

    note = forms.CharField(label="Your notes on this article", required=False, strip=False, widget=markdown(5))

    def __init__(self, text: str, data: QueryDict | None = None) -> None:
        self.now = clean_text(text)
        self.base = mark(self.now)
        self.theirs = ""
        super().__init__(data, auto_id="noting_%s", initial={"note": self.now})
        self.fields["note"].widget.attrs["aria-labelledby"] = "noting"

    def clean_note(self) -> str:
        note = clean_text(self.cleaned_data["note"])
        if self.data.get("base", self.base) != self.base and note != self.now:
            self.theirs = self.now
            raise forms.ValidationError(CHANGED)
        return note if note.strip() else ""
