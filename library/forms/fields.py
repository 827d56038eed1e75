"""Input elements as this site shows them."""

from django import forms


def one_line(**attrs: str) -> forms.TextInput:
    return forms.TextInput({"class": "field", **attrs})


def name_of_a_reader(**attrs: str) -> forms.TextInput:
    return one_line(autocomplete="username", autocapitalize="none", spellcheck="false", **attrs)


def secret(autocomplete: str, **attrs: str) -> forms.PasswordInput:
    return forms.PasswordInput({"class": "field", "autocomplete": autocomplete, **attrs})


def markdown(rows: int) -> forms.Textarea:
    return forms.Textarea({"class": "field mono", "rows": str(rows), "dir": "auto"})


def focus_on_the_first_error(form: forms.Form) -> None:
    """So that who can't see the page meets what is to be mended, and not a field that was right."""
    wrong = next((name for name in form.fields if name in form.errors), None)
    for name, field in form.fields.items() if wrong else ():
        field.widget.attrs.pop("autofocus", None)
        if name == wrong:
            field.widget.attrs["autofocus"] = "autofocus"
