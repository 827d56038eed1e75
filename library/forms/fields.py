"""Input elements as this site shows them."""

from django import forms


def one_line(**attrs: str) -> forms.TextInput:
    return forms.TextInput({"class": "field", **attrs})


def name_of_a_reader(**attrs: str) -> forms.TextInput:
    return one_line(autocomplete="username", autocapitalize="none", spellcheck="false", **attrs)


def secret(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput({"class": "field", "autocomplete": autocomplete})


def markdown(rows: int) -> forms.Textarea:
    return forms.Textarea({"class": "field mono", "rows": str(rows), "dir": "auto"})
