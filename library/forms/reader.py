"""What a page of the reader tells by itself."""

import re
from typing import Any

from django import forms

PLACE = re.compile(r"(\d{1,7})/(100|\d{1,2})")


class PlaceField(forms.CharField):
    """A block of an article and what that is in percent, as in `12/34`."""

    def clean(self, value: Any) -> tuple[int, int]:
        found = PLACE.fullmatch(super().clean(value))
        if found is None:
            raise forms.ValidationError("No place in an article.")
        return int(found[1]), int(found[2])


class PlaceForm(forms.Form):
    place = PlaceField()
