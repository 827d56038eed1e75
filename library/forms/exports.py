"""What to export, and as what."""

from __future__ import annotations

from typing import Any

from django import forms

from library.content.text import single_line
from library.exporters import FORMATS
from library.forms.fields import one_line
from library.models import Export, Link, Shelf, User
from library.models.exports import TITLE_LENGTH
from library.models.shelves import QUERY_LENGTH
from library.search.query import parse

ALL, SHELF, QUERY, ARTICLE = "all", "shelf", "query", "article"
WHOLE = "My library"
NO_FORMAT = "Choose a format of the list."
NO_SHELF = "Choose one of your shelves."
NO_QUERY = "Write what is to be found, such as tag:databases or is:finished."
LONG_QUERY = f"A search has at most {QUERY_LENGTH:,} characters."


class ExportForm(forms.Form):
    """An export of `owner`; with `article`, it can be that one alone."""

    format = forms.ChoiceField(
        choices=[(name, module.LABEL) for name, module in FORMATS.items()],
        initial="markdown",
        widget=forms.RadioSelect,
        error_messages={"required": NO_FORMAT, "invalid_choice": NO_FORMAT},
    )
    what = forms.ChoiceField(
        choices=[(ALL, "The whole library"), (SHELF, "A shelf"), (QUERY, "What a search finds")],
        initial=ALL,
        widget=forms.RadioSelect,
    )
    shelf = forms.ModelChoiceField(
        Shelf.objects.none(),
        to_field_name="slug",
        required=False,
        empty_label="Choose a shelf",
        error_messages={"invalid_choice": NO_SHELF},
    )
    query = forms.CharField(
        label="Search",
        required=False,
        max_length=QUERY_LENGTH,
        error_messages={"max_length": LONG_QUERY},
        widget=one_line(dir="auto", autocomplete="off", autocapitalize="none", spellcheck="false"),
    )

    def __init__(self, owner: User, *args: Any, article: Link | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner, self.article = owner, article
        what: Any = self.fields["what"]
        if article:
            what.choices = [*what.choices, (ARTICLE, f"Only “{article.display_title[:TITLE_LENGTH]}”")]
        field: Any = self.fields["shelf"]
        field.queryset = owner.shelves.in_order()
        field.widget.attrs["class"] = "field"

    def clean_query(self) -> str:
        return single_line(self.cleaned_data["query"])

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        what = found.get("what")
        if what == SHELF and not found.get("shelf") and "shelf" not in self.errors:
            self.add_error("shelf", NO_SHELF)
        if what == QUERY and "query" not in self.errors and not parse(found.get("query", "")):
            self.add_error("query", NO_QUERY)
        return found

    def save(self) -> Export:
        found: dict[str, Any] = self.cleaned_data
        title, query = WHOLE, ""
        if found["what"] == SHELF:
            title, query = found["shelf"].name, found["shelf"].query
        if found["what"] == QUERY:
            title = query = found["query"]
        article = self.article if found["what"] == ARTICLE else None
        title = article.display_title if article else title
        told = {"format": found["format"], "title": title[:TITLE_LENGTH], "query": query, "article": article}
        return Export.objects.create(owner=self.owner, **told)
