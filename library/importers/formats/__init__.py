"""The formats, by the name that `--format` takes. Each is a pure module with LABEL, recognise(file) and read(file)."""

from functools import cache
from inspect import signature
from types import ModuleType

from library.importers.formats import (
    address_list,
    address_table,
    browser_backup,
    commonplace,
    delicious,
    goodlinks,
    hypothesis,
    instapaper,
    karakeep,
    kindle_clippings,
    linkwarden,
    markdown_notes,
    matter,
    mymind,
    netscape,
    notion_export,
    notion_links,
    omnivore,
    pinboard,
    pocket,
    raindrop,
    readability,
    readeck,
    reader,
    readwise,
    wallabag,
    zotero,
)
from library.importers.record import ImportFile

# The first that recognises a file reads it: the one that most files are of, those that look at what came with it, then
# the most particular ones.
FORMATS: dict[str, ModuleType] = {
    "notion_links": notion_links,
    "commonplace": commonplace,
    "omnivore": omnivore,
    "readeck": readeck,
    "wallabag": wallabag,
    "delicious": delicious,
    "readability": readability,
    "pinboard": pinboard,
    "karakeep": karakeep,
    "linkwarden": linkwarden,
    "hypothesis": hypothesis,
    "goodlinks": goodlinks,
    "browser_backup": browser_backup,
    "pocket": pocket,
    "instapaper": instapaper,
    "raindrop": raindrop,
    "reader": reader,
    "readwise": readwise,
    "matter": matter,
    "mymind": mymind,
    "zotero": zotero,
    "netscape": netscape,
    "notion_export": notion_export,
    "address_table": address_table,
    "kindle_clippings": kindle_clippings,
    "address_list": address_list,
    "markdown_notes": markdown_notes,
}


def format_of(file: ImportFile, named: str = "") -> ModuleType | None:
    """The first format that recognises the file, or the named one if it does."""
    candidates = [FORMATS[named]] if named else FORMATS.values()
    return next((module for module in candidates if module.recognise(file)), None)


@cache
def takes(module: ModuleType, choice: str) -> bool:
    """Whether the reader has this choice when a format is read: "folders", or "mapping" of columns."""
    return choice in signature(module.read).parameters


def name_of(module: ModuleType) -> str:
    """The name under which a format stands here."""
    return next(name for name, each in FORMATS.items() if each is module)
