"""The formats, by the name that `--format` takes. Each is a pure module with LABEL, recognise(file) and read(file)."""

from types import ModuleType

from library.importers import (
    browser_backup,
    delicious,
    goodlinks,
    hypothesis,
    instapaper,
    karakeep,
    linkwarden,
    matter,
    mymind,
    netscape,
    notion_links,
    omnivore,
    pinboard,
    pocket,
    raindrop,
    readability,
    reader,
    readwise,
    wallabag,
    zotero,
)
from library.importers.record import ImportFile

# The first that recognises a file reads it: those that look at what came with it, then the most particular ones.
FORMATS: dict[str, ModuleType] = {
    "omnivore": omnivore,
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
    "notion_links": notion_links,
}


def format_of(file: ImportFile, named: str = "") -> ModuleType | None:
    """The first format that recognises the file, or the named one if it does."""
    candidates = [FORMATS[named]] if named else FORMATS.values()
    return next((module for module in candidates if module.recognise(file)), None)
