"""A folder of this server, and whose library it goes into."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from library.forms.fields import one_line
from library.importers import server_folders
from library.models import User

NO_READER = "Choose one of the readers."


class FolderForm(forms.Form):
    path = forms.CharField(
        label="Folder",
        max_length=4_096,
        error_messages={"required": "Write the path of a folder on this server."},
        widget=one_line(autocomplete="off", autocapitalize="none", spellcheck="false", dir="ltr"),
    )
    reader = forms.ModelChoiceField(
        User.objects.filter(is_active=True).order_by("username"),
        label="Into the library of",
        empty_label=None,
        error_messages={"required": NO_READER, "invalid_choice": NO_READER},
        widget=forms.Select({"class": "field"}),
    )
    check = forms.BooleanField(label="Show me first what will happen", required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["path"].help_text = f"In {' or '.join(map(str, server_folders.allowed()))}, with all below it."

    def clean_path(self) -> Path:
        try:
            return server_folders.folder_of(self.cleaned_data["path"])
        except server_folders.NotAllowed as problem:
            raise ValidationError(str(problem)) from problem
