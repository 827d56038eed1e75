"""Edit an article, and add one by hand.

Two people, or two tabs, may edit one article at once. Beside each field stands the fingerprint of what it said when
the form was shown. What this form did not change stays as it is now; what it changed and somebody else changed too
is a conflict, which the reader decides: nothing is overwritten unseen.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.utils import from_current_timezone
from django.http import QueryDict
from django.utils import timezone

from library.content.text import NO_TAG, clean_text, fold, single_line
from library.content.urls import is_web_address
from library.forms.fields import markdown, one_line
from library.highlighting import place_again
from library.models import Author, Kind, Link, Section, Tag, User
from library.models.links import address_hash
from library.models.tags import KEY_LENGTH, NAME_LENGTH
from library.models.writing import move_address, note_change, set_tags, write_section

NO_ADDRESS = "This isn’t a web address. One begins with https:// or http:// and names a site."
TAKEN = "Another article has this address."
LONG_TAG = "A tag has at most {most} characters. This one has more: {name}…"
NOT_A_NAME = f"“tag:{NO_TAG}” finds articles without a tag, so no tag can be called so. Choose another name."
NO_DATE = "This isn’t a date and time."
SAVED_BEFORE = "You have this article already."
TYPE_LENGTH = 100
TAGS_LENGTH = 20_000
HEAD = ("title", "url", "type", "saved_at")
HALF = ("type", "saved_at")
LINK_FIELDS = ("title", "title_key", "url", "url_hash", "site", "type", "saved_at")
EARLIEST, LATEST = datetime(1900, 1, 1), datetime(9000, 1, 1)  # noqa: DTZ001 - in the reader's zone
MINUTES = "%Y-%m-%dT%H:%M"
OWN_KINDS = (Kind.OVERVIEW, Kind.SUMMARY, Kind.ARTICLE, Kind.NOTE)
ROWS = {Kind.OVERVIEW: 7, Kind.SUMMARY: 7, Kind.ARTICLE: 24, Kind.NOTE: 7, Kind.OTHER: 8}
OVERVIEW_HELP = "One point a line, each beginning with a hyphen."
MACHINE_HELP = "Machine-written. What you change counts as yours."
MARKED_HELP = (
    "If you change this text, its highlight will be looked up again; if it can’t be found, it is kept in the list.",
    "If you change this text, its {count} highlights will be looked up again; any that can’t be found are kept in the "
    "list.",
)
LABELS = {Kind.SUMMARY: "AI summary", Kind.NOTE: "Your notes"}
Values = dict[str, str]


def label_of(kind: str, heading: str) -> str:
    """What a reader calls a text of this kind; one of no kind of its own has a heading."""
    return str(heading or LABELS.get(Kind(kind)) or Kind(kind).label)


# --- words in one line ---------------------------------------------------------------------------------------------


def join_names(names: Iterable[str]) -> str:
    """Names between commas; one that holds a comma stands in quotation marks."""
    return ", ".join(_quoted(name) if "," in name or name.startswith('"') else name for name in names)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def split_names(line: str) -> dict[str, str]:
    """What `join_names` wrote: each name once, by its folded form."""
    row = next(csv.reader([single_line(line)[: 2 * TAGS_LENGTH]], skipinitialspace=True), [])
    return {fold(name): name for name in map(str.strip, row) if name}


def clean_names(line: str) -> dict[str, str]:
    names = split_names(line)
    for name in names.values():
        if len(name) > NAME_LENGTH or len(fold(name)) > KEY_LENGTH:
            raise ValidationError(LONG_TAG.format(most=NAME_LENGTH, name=name[:30]))
    if NO_TAG in names:
        raise ValidationError(NOT_A_NAME)
    return names


def by_tag(owner_id: int, names: dict[str, str]) -> dict[str, str]:
    """Each name by the folded name of the tag that it means."""
    meant = Tag.objects.keyed(owner_id, names.keys())
    return {meant[key].name_key if key in meant else key: name for key, name in names.items()}


def mark(value: str) -> str:
    """A fingerprint of what a field says."""
    return hashlib.sha256(value.encode()).hexdigest()[:32]


def minutes(moment: datetime) -> str:
    """As an input of the type datetime-local takes it, in the reader's zone."""
    return timezone.localtime(moment).replace(tzinfo=None).isoformat(timespec="minutes")


def read_minutes(text: str) -> datetime:
    try:
        moment = datetime.strptime(text, MINUTES)
    except ValueError as error:
        raise ValidationError(NO_DATE) from error
    if not EARLIEST < moment < LATEST:
        raise ValidationError(NO_DATE)
    return from_current_timezone(moment)


def type_field() -> forms.CharField:
    widget = one_line(list="types", autocomplete="off")
    return forms.CharField(required=False, max_length=TYPE_LENGTH, widget=widget)


def tags_field() -> forms.CharField:
    widget = one_line(autocomplete="off", autocapitalize="none")
    return forms.CharField(required=False, max_length=TAGS_LENGTH, widget=widget, help_text="Separated by commas.")


# --- edit ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Layer:
    """One text of the form: a section of the article, or one that it doesn't have yet."""

    name: str
    kind: str
    section: Section | None
    marked: int = 0
    """How many highlights are in it."""

    @property
    def text(self) -> str:
        return clean_text(self.section.text) if self.section else ""

    @property
    def heading(self) -> str:
        return self.section.heading if self.section else ""

    @property
    def label(self) -> str:
        return label_of(self.kind, self.heading)

    @property
    def help(self) -> str:
        by_machine = self.kind == Kind.SUMMARY and self.section and self.section.author != Author.READER
        said = [OVERVIEW_HELP] if self.kind == Kind.OVERVIEW else [MACHINE_HELP] if by_machine else []
        if self.marked:
            said.append(MARKED_HELP[self.marked > 1].format(count=self.marked))
        return " ".join(said)

    def field(self) -> forms.CharField:
        widget = markdown(ROWS[Kind(self.kind)])
        return forms.CharField(label=self.label, required=False, strip=False, widget=widget, help_text=self.help)


def layers_of(link: Link) -> list[Layer]:
    """The four kinds that every article can have, then its other sections."""
    sections = list(link.sections.all())
    known = {section.kind: section for section in sections if section.kind in OWN_KINDS}
    others = [section for section in sections if section.kind not in OWN_KINDS]
    marked = Counter(link.highlights.values_list("section", flat=True))
    layers = [
        *(Layer(kind.value, kind.value, known.get(kind.value)) for kind in OWN_KINDS),
        *(Layer(f"other-{section.pk}", section.kind, section) for section in others),
    ]
    return [replace(layer, marked=marked[layer.section.pk]) if layer.section else layer for layer in layers]


class EditForm(forms.Form):
    field_order = ("title", "url", "type", "saved_at", "tags")
    title = forms.CharField(required=False, widget=one_line(dir="auto"))
    url = forms.CharField(
        label="Address", required=False, widget=one_line(inputmode="url", autocomplete="off", spellcheck="false")
    )
    type = type_field()
    tags = tags_field()
    saved_at = forms.CharField(label="Saved", required=False, widget=one_line(type="datetime-local"))

    def __init__(self, link: Link, data: QueryDict | None = None) -> None:
        self.link = link
        self.layers = layers_of(link)
        self.names = {tag.name_key: tag.name for tag in link.tags.order_by("name_key")}
        self.now = self._now()
        self.changes: Values = {}
        self.conflicts: Values = {}
        self.wanted_names: dict[str, str] | None = None
        self.taken: Link | None = None
        super().__init__(data, initial={**self.now, "tags": join_names(self.names.values())})
        self.fields |= {layer.name: layer.field() for layer in self.layers}
        self.bases = self._bases()

    def _now(self) -> Values:
        """What each field says in the database, as a browser would send it back. Tags are merged, not compared."""
        link = self.link
        head = {
            "title": single_line(link.title),
            "url": single_line(link.url),
            "type": single_line(link.type),
            "saved_at": minutes(link.saved_at),
        }
        return head | {layer.name: layer.text for layer in self.layers}

    def _bases(self) -> Values:
        bases = {name: mark(value) for name, value in self.now.items()}
        bases["tags"] = join_names(self.names.values())
        return {name: self.data.get(f"base-{name}", base) for name, base in bases.items()}

    def rows(self) -> Iterator[dict[str, Any]]:
        """Each field with what it is compared to, and what somebody else wrote there meanwhile."""
        for name in self.fields:
            theirs = self.conflicts.get(name)
            yield {"field": self[name], "base": self.bases[name], "theirs": theirs, "half": name in HALF}

    def clean(self) -> Values:
        for name, theirs in self.now.items():
            if name in self.data and name in self.cleaned_data:
                tidy = clean_text if name in self._layer_names else single_line
                self._compare(name, tidy(self.cleaned_data[name]), theirs)
        for name, check in (("url", self._check_address), ("saved_at", self._check_date), ("tags", self._merge_names)):
            try:
                check()
            except ValidationError as error:
                self.add_error(name, error)
        return self.cleaned_data

    @property
    def _layer_names(self) -> set[str]:
        return {layer.name for layer in self.layers}

    def _compare(self, name: str, mine: str, theirs: str) -> None:
        """Sort the field into changed here, changed elsewhere too, or neither."""
        unmoved = self.bases[name] == mark(theirs)
        if unmoved and self.data.get(f"keep-{name}") == "theirs":
            return
        if mine == theirs or mark(mine) == self.bases[name]:
            return
        if unmoved:
            self.changes[name] = mine
        else:
            self.conflicts[name] = theirs
            self.bases[name] = mark(theirs)

    def _check_address(self) -> None:
        url = self.changes.get("url")
        if not url:
            return
        if not is_web_address(url):
            raise ValidationError(NO_ADDRESS)
        owner = self.link.owner
        self.taken = owner.links.exclude(pk=self.link.pk).filter(url_hash=address_hash(url)).first()
        if self.taken:
            raise ValidationError(TAKEN)

    def _check_date(self) -> None:
        if "saved_at" in self.changes:
            read_minutes(self.changes["saved_at"])

    def _merge_names(self) -> None:
        """What this form added and took off, done to the tags as they are now."""
        if "tags" not in self.data or "tags" not in self.cleaned_data:
            return
        mine = by_tag(self.link.owner_id, clean_names(self.cleaned_data["tags"]))
        base = by_tag(self.link.owner_id, split_names(self.bases["tags"]))
        kept = {key: name for key, name in self.names.items() if key in mine or key not in base}
        wanted = kept | {key: name for key, name in mine.items() if key not in base and key not in kept}
        self.wanted_names = wanted if wanted.keys() != self.names.keys() else None

    @transaction.atomic
    def save(self) -> None:
        """Write what changed, each text through the door that keeps its versions."""
        head = [name for name in HEAD if name in self.changes]
        for name in head:
            self._set(name, self.changes[name])
        if head:
            self.link.updated_at = timezone.now()
            self.link.save(update_fields=[*LINK_FIELDS, "updated_at"])
        if self.wanted_names is not None:
            set_tags(self.link, self.wanted_names.values())
        changed = [layer for layer in self.layers if layer.name in self.changes]
        for layer in changed:
            self._write(layer, self.changes[layer.name])
        if changed:
            place_again([self.link.pk])

    def _set(self, name: str, value: str) -> None:
        if name != "saved_at":
            note_change(self.link, name, self.now[name], value)
        if name == "title":
            self.link.set_title(value)
        elif name == "url":
            move_address(self.link, value)
        elif name == "type":
            self.link.type = value
        else:
            before, self.link.saved_at = self.link.saved_at, read_minutes(value)
            note_change(self.link, name, before.isoformat(), self.link.saved_at.isoformat())

    def _write(self, layer: Layer, text: str) -> None:
        section_id = layer.section.pk if layer.section else None
        write_section(self.link, layer.kind, text, heading=layer.heading, section_id=section_id)


# --- add -----------------------------------------------------------------------------------------------------------


def link_at(owner: User, url: str) -> Link | None:
    """The owner's link of this address, be it in the Bin, or be the address one that it had before."""
    url_hash = address_hash(url)
    if url_hash is None:
        return None
    here = owner.links.filter(url_hash=url_hash).first()
    former = owner.former_addresses.filter(url_hash=url_hash).select_related("link").first()
    return here or (former.link if former else None)


def with_scheme(url: str) -> str:
    """ "example.org/page" as a browser would open it."""
    host = url.partition("/")[0]
    return f"https://{url}" if "." in host and ":" not in host else url


class AddForm(forms.Form):
    url = forms.CharField(
        label="Address",
        error_messages={"required": "Write an address first."},
        widget=one_line(inputmode="url", autocomplete="off", spellcheck="false", autofocus="autofocus"),
    )
    title = forms.CharField(required=False, widget=one_line(dir="auto"))
    type = type_field()
    tags = tags_field()
    note = forms.CharField(label="Your note", required=False, strip=False, widget=markdown(5))

    def __init__(self, owner: User, data: QueryDict | None = None, initial: Values | None = None) -> None:
        self.owner = owner
        super().__init__(data, initial=initial)
        self.known = link_at(owner, with_scheme(single_line((initial or {}).get("url", ""))))

    def clean_url(self) -> str:
        url = with_scheme(single_line(self.cleaned_data["url"]))
        if not is_web_address(url):
            raise ValidationError(NO_ADDRESS)
        self.known = link_at(self.owner, url)
        if self.known:
            raise ValidationError(SAVED_BEFORE)
        return url

    def clean_tags(self) -> list[str]:
        return list(clean_names(self.cleaned_data["tags"]).values())

    @transaction.atomic
    def save(self) -> Link:
        given = self.cleaned_data
        link = Link(owner=self.owner, type=single_line(given["type"]))
        link.set_address(given["url"])
        link.set_title(single_line(given["title"]))
        link.save()
        self._note(link)
        set_tags(link, given["tags"])
        if given["note"].strip():
            write_section(link, Kind.NOTE, given["note"])
        return link

    def _note(self, link: Link) -> None:
        """What the reader said of it is theirs: no import changes it."""
        note_change(link, "saved_at", None, link.saved_at.isoformat())
        for name in ("title", "type"):
            if value := getattr(link, name):
                note_change(link, name, "", value)
