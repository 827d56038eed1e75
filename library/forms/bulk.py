"""What is to be done to many articles: one button of the bar, and the fields beside it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from library.content.text import single_line
from library.forms.edit import TYPE_LENGTH, clean_names, split_names, tags_field, type_field
from library.models import BulkAct, State

What = BulkAct.What
NO_TAGS = "Write at least one tag first."
NO_ACT = "Choose what to do first."
LONG_TYPE = f"A type has at most {TYPE_LENGTH} characters."
# Each button with the act that it stands for, where no field says more.
ACTS: dict[str, tuple[str, Any]] = {
    **{state.value: (What.STATE, state.value) for state in State},
    "favourite": (What.FAVOURITE, True),
    "unfavourite": (What.FAVOURITE, False),
    "bin": (What.BIN, True),
}


class BulkForm(forms.Form):
    """`what` and `value` are those of a BulkAct once it is valid."""

    act = forms.ChoiceField(
        choices=[(name, name) for name in (*ACTS, "tag", "untag", "type")],
        error_messages={"required": NO_ACT, "invalid_choice": NO_ACT},
    )
    tags = tags_field()
    type = type_field()
    type.error_messages["max_length"] = LONG_TYPE
    what: str
    value: Any

    def clean(self) -> None:
        if self.errors:
            return
        self.what, self.value = self._read(self.cleaned_data["act"])

    def _read(self, act: str) -> tuple[str, Any]:
        if act == "type":
            return What.TYPE, single_line(self.cleaned_data["type"])
        return ACTS.get(act) or (What.TAGS, self._tags(act))

    def _tags(self, act: str) -> dict[str, list[str]]:
        read = clean_names if act == "tag" else split_names
        names = list(read(self.cleaned_data["tags"]).values())
        if not names:
            raise ValidationError(NO_TAGS)
        return {"add": names, "remove": []} if act == "tag" else {"add": [], "remove": names}

    @property
    def problem(self) -> str:
        """The first thing that is wrong, in a sentence."""
        return next(str(errors[0]) for errors in self.errors.values())
