"""A new API token."""

from datetime import timedelta
from typing import Any

from django import forms

from library.content.text import single_line
from library.forms.fields import one_line
from library.models import User
from library.models.tokens import MOST_TOKENS, NAME_LENGTH, Scope

DAYS = (("30", "In 30 days"), ("90", "In 90 days"), ("365", "In a year"), ("", "Never"))
DEFAULT_DAYS = "90"
ABOUT = {
    Scope.READ: "See articles, tags and highlights.",
    Scope.WRITE: "Change them too. Reading is included.",
    Scope.IMPORT: "Bring new articles in, without seeing any.",
}
TAKEN = "You have a token of this name. Choose another, or revoke that one first."
TOO_MANY = f"You have {MOST_TOKENS} tokens, which is the most. Revoke one that you don’t use, then make this one."
NO_SCOPE = "Choose at least one thing that the token may do."


class TokenForm(forms.Form):
    name = forms.CharField(
        max_length=NAME_LENGTH,
        widget=one_line(autocomplete="off"),
        help_text="Where you use it, such as “Script on the NAS”.",
    )
    scopes = forms.MultipleChoiceField(
        label="It may",
        choices=Scope,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": NO_SCOPE},
    )
    expires = forms.ChoiceField(
        label="It expires",
        choices=DAYS,
        initial=DEFAULT_DAYS,
        required=False,
        widget=forms.Select({"class": "field"}),
    )

    def __init__(self, owner: User, *args: Any) -> None:
        super().__init__(*args)
        self.owner = owner

    def clean_name(self) -> str:
        name = single_line(self.cleaned_data["name"])
        if self.owner.tokens.standing().filter(name=name).exists():
            raise forms.ValidationError(TAKEN)
        return name

    def clean(self) -> dict[str, Any]:
        if self.owner.tokens.standing().count() >= MOST_TOKENS:
            raise forms.ValidationError(TOO_MANY)
        return self.cleaned_data

    @property
    def lifetime(self) -> timedelta | None:
        days = self.cleaned_data["expires"]
        return timedelta(days=int(days)) if days else None
