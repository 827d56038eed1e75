"""From what a tool wrote, in whatever type, to a Record within the bounds of the library, or a Refusal.

Every format with many records in a file makes them here, so that all of them cut, clean and refuse alike.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from library.content import dates, urls
from library.content.text import clean_text, excerpt, fold
from library.importers.record import Record, Refusal, Text

# Folding makes up to 18 characters of one (U+FDFA), and the folded name has a bound of its own.
MAX_FOLDED_TAG, SHORT_TAG, SHORT_TITLE = 300, 16, 100
MAX_TITLE, MAX_TAG, MAX_TAGS, MAX_ADDRESS, MAX_LEVELS, MAX_KEY = 2_000, 100, 200, 20_000, 30, 500
MAX_LOOKED_AT = 2_000
NO_ADDRESS = "It has no address and no text."
_BROWSERS = ("about", "brave", "chrome", "chrome-extension", "edge", "moz-extension", "opera", "view-source", "vivaldi")
REFUSED = {
    "javascript": "A bookmarklet: it runs a program in the browser, and is no page that could be read.",
    "vbscript": "A bookmarklet: it runs a program in the browser, and is no page that could be read.",
    "data": "Its address holds data instead of leading to a page.",
    "blob": "Its address holds data instead of leading to a page.",
    "file": "Its address leads to a file on one computer, not to a page of the web.",
    "place": "A saved search of Firefox, not a page.",
    **dict.fromkeys(_BROWSERS, "A page of the browser itself, not of the web."),
}
_COLOURS = {
    "ochre": "yellow orange amber gold ochre",
    "verdigris": "green mint teal verdigris",
    "woad": "blue cyan woad",
    "madder": "red pink magenta rose madder",
}
_COLOUR = {name: colour for colour, names in _COLOURS.items() for name in names.split()}
_FALSE = frozenset(("", "0", "false", "no", "off", "none", "null"))


def shaped(
    title: object,
    url: object,
    *,
    tags: Iterable[object] = (),
    created: object = None,
    texts: Mapping[str, object] | None = None,
    key: object = "",
    extra: Mapping[str, object] | None = None,
    warnings: Iterable[str] = (),
    others: Iterable[Text] = (),
    may_be_bare: bool = False,
    **more: Any,
) -> Record | Refusal:
    """The record, or why it can't be taken. `texts` has them by their kind, `others` are more of them; `more` are
    further fields of Record.

    What has no title is called by its address, or by how its text begins. With nothing but a title it is refused,
    unless it `may_be_bare`.
    """
    said = list(warnings)
    address = line(url)
    named = (Text(kind, text) for kind, written in (texts or {}).items() if (text := block(written)))
    kept = (*named, *others)
    name = (line(title) or address or excerpt(kept[0].text if kept else "", SHORT_TITLE))[:MAX_TITLE]
    says_something = kept or more.get("highlights") or (may_be_bare and name)
    if why := why_refused(address) if address else "" if says_something else NO_ADDRESS:
        return Refusal(name[:SHORT_TITLE], why)
    if address and not urls.is_web_address(address):
        said.append("The address is no web address. It is kept as it is written.")
    return Record(
        title=name,
        url=address,
        tags=tag_names(tags, said),
        created=moment(created, said),
        texts=kept,
        key=line(key)[:MAX_KEY],
        extra={name: kept_as for name, value in (extra or {}).items() if (kept_as := value is True or line(value))},
        warnings=tuple(said),
        **more,
    )


def why_refused(address: str) -> str:
    """A sentence about an address that leads to no page, or blank."""
    if len(address) > MAX_ADDRESS:
        return f"Its address is longer than {MAX_ADDRESS:,} characters."
    return REFUSED.get(address.partition(":")[0].strip().lower(), "") if ":" in address else ""


def text_of(value: object) -> str:
    """A value as text, with the blanks around it; empty for what is neither text nor number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return clean_text(str(value))


def block(value: object) -> str:
    """A value as text of several lines."""
    return text_of(value).strip("\n").rstrip()


def line(value: object) -> str:
    """A value as text of one line."""
    return " ".join(text_of(value).split())


def listed(value: object, separator: str = ",") -> list[object]:
    """A list as it is, the parts of a text at `separator`; empty for all else."""
    if isinstance(value, list):
        return value
    return [*value.split(separator)] if isinstance(value, str) else []


def objects(value: object) -> list[dict[str, Any]]:
    """The objects of a list, without all else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def names(value: object) -> list[object]:
    """The `name`s of a list of objects."""
    return [item.get("name") for item in objects(value)]


def tag_names(written: Iterable[object], warnings: list[str]) -> tuple[str, ...]:
    """Each tag once, without `#`, blanks and empty levels, and no longer than a tag may be."""
    found: dict[str, str] = {}
    for value in islice(written, MAX_LOOKED_AT):
        name = _levels(line(value).lstrip("#"))
        if len(name) > MAX_TAG or len(fold(name)) > MAX_FOLDED_TAG:
            warnings.append(f"A tag is longer than {MAX_TAG} characters and was cut.")
            name = _levels(name[: MAX_TAG if len(fold(name[:MAX_TAG])) <= MAX_FOLDED_TAG else SHORT_TAG])
        if name:
            found.setdefault(fold(name), name)
    if len(found) > MAX_TAGS:
        warnings.append(f"It has {len(found)} tags. The first {MAX_TAGS} were taken.")
    return tuple(found.values())[:MAX_TAGS]


def _levels(name: str) -> str:
    return "/".join(filter(None, map(str.strip, name.split("/"))))


def path(folders: Iterable[object]) -> str:
    """Folders, the outermost first, as one tag; a slash in a folder's own name makes no level."""
    return "/".join(filter(None, (line(folder).replace("/", "-") for folder in folders)))


def paths(folders: object, read: Callable[[str], str] = str) -> dict[str, str]:
    """By their ids, the paths of folders that name their parent. One that lies in itself has its own name only."""
    known = {line(folder.get("id")): folder for folder in objects(folders)}
    names = {key: path([read(line(folder.get("name")))]) for key, folder in known.items()}
    parents = {key: line(folder.get("parentId")) for key, folder in known.items()}
    return {key: "/".join(filter(None, map(names.__getitem__, _lineage(parents, key)))) for key in known}


def _lineage(parents: dict[str, str], key: str) -> list[str]:
    """The folder and those it lies in, the outermost first."""
    found = [key]
    while (key := parents[key]) in parents and len(found) < MAX_LEVELS:
        if key in found:
            return found[:1]
        found.append(key)
    return found[::-1]


def moment(value: object, warnings: list[str]) -> datetime | None:
    """When the record was saved, with a warning where something is written that is no date."""
    written = value if isinstance(value, datetime) else line(value)
    found = date(written)
    if found is None and written not in ("", "0"):
        warnings.append(
            f'"{str(written)[:40]}" is no date that can be read. It was saved under the time of the import.'
        )
    return found


def date(value: object) -> datetime | None:
    return dates.parse(value if isinstance(value, datetime) else line(value))


def true(value: object) -> bool:
    """Whether a value says yes: true, 1, "yes"."""
    return value is True or line(value).lower() not in _FALSE


def percent(value: object, whole: int = 100) -> int:
    """A part of `whole` in percent, within 0 and 100."""
    try:
        return max(0, min(100, round(float(line(value)) * 100 / whole)))
    except (ValueError, OverflowError):
        return 0


def colour(value: object) -> str:
    """The one of our colours that is most like the named one, or blank."""
    return _COLOUR.get(line(value).lower(), "")
