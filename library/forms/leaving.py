"""What is asked before an account is deleted."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from library.forms.accounts import NAME_LENGTH
from library.forms.fields import name_of_a_reader, secret
from library.models import User

WRONG_NAME = "That isn’t the name you log in with. Nothing was deleted."
WRONG_PASSWORD = "That isn’t your password. Nothing was deleted."  # noqa: S105 - a sentence


class LeavingForm(forms.Form):
    """Name and password. Who logs in by other means has none to give."""

    username = forms.CharField(label="Your name", max_length=NAME_LENGTH, widget=name_of_a_reader())
    password = forms.CharField(label="Your password", strip=False, widget=secret("current-password"))

    def __init__(self, reader: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        if not reader.has_usable_password():
            del self.fields["password"]

    def clean_username(self) -> str:
        if self.cleaned_data["username"] != self.reader.username:
            raise ValidationError(WRONG_NAME)
        return self.reader.username

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.reader.check_password(password):
            raise ValidationError(WRONG_PASSWORD)
        return password
