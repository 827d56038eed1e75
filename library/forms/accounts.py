"""Set-up, log in, change password."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from library.forms.fields import focus_on_the_first_error, name_of_a_reader, secret
from library.models import User
from library.models.departures import staying

NAME_LENGTH = 150
NAME_RULE = "A name holds letters, digits and @ . + - _, without blanks."
NAME_TAKEN = "Somebody has this name already. Choose another."
NOT_THE_SAME = "The two passwords differ. Write the same one twice."
LENGTH_RULE = "At least 12 characters."
NEW_LABELS = {"oldpassword": "Current password", "password1": "New password", "password2": "New password again"}


class LogInForm(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label="Name", max_length=NAME_LENGTH, widget=name_of_a_reader(autofocus="autofocus")
        )
        self.fields["password"] = forms.CharField(label="Password", strip=False, widget=secret("current-password"))


class PasswordForm(ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in NEW_LABELS.items():
            field = self.fields[name]
            field.label, field.help_text = label, LENGTH_RULE if name == "password1" else ""
            field.widget = secret("current-password" if name == "oldpassword" else "new-password")

    def clean(self) -> dict[str, Any]:
        return both_the_same(self)


class SetUpForm(forms.Form):
    """The first reader chooses a name and a password."""

    username = forms.CharField(
        label="Name",
        max_length=NAME_LENGTH,
        validators=[UnicodeUsernameValidator(message=NAME_RULE)],
        widget=name_of_a_reader(autofocus="autofocus"),
    )
    password1 = forms.CharField(label="Password", strip=False, widget=secret("new-password"), help_text=LENGTH_RULE)
    password2 = forms.CharField(label="Password again", strip=False, widget=secret("new-password"))

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if self.others().filter(username__iexact=name).exists():
            raise ValidationError(NAME_TAKEN)
        return name

    def others(self) -> QuerySet[User]:
        """Who may have taken the name: not the first reader, who may have another name by now."""
        return User.objects.exclude(pk__in=staying().order_by("pk").values("pk")[:1])

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        validate_password(password, User(username=self.cleaned_data.get("username", "")))
        return password

    def clean(self) -> dict[str, Any]:
        return both_the_same(self)


class InvitedForm(SetUpForm):
    """Who was invited chooses the same."""

    def others(self) -> QuerySet[User]:
        return User.objects.all()


def both_the_same(form: forms.Form) -> dict[str, Any]:
    first, second = (form.cleaned_data.get(name) for name in ("password1", "password2"))
    if first and second and first != second:
        form.add_error("password2", NOT_THE_SAME)
    focus_on_the_first_error(form)
    return form.cleaned_data
