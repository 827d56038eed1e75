"""Honest files with words of ours in every field that the import promises to keep (docs/formats.md)."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.fuzz.seeds import COMPLETE, READECK
from tests.importers.link_files import link_file
from tests.importers.samples import SAMPLES

# Keys of JSON whose texts are kept, in whatever object they stand.
KEYS = {
    "omnivore": ("title", "description", "author", "labels"),
    "readeck": ("Title", "Text", "Labels", "Authors", "note"),
    "wallabag": ("title", "text", "quote", "tags", "published_by"),
    "karakeep": ("title", "tags", "note"),
    "linkwarden": ("description",),
    "pinboard": ("description", "extended", "tags"),
    "hypothesis": ("text", "exact", "tags"),
    "goodlinks": ("title", "summary", "tags"),
    "readability": ("article__excerpt",),
    "delicious": ("title", "description", "tags"),
    "browser_backup": ("value",),
    "commonplace": ("title", "text", "heading", "quote", "note", "type"),
}
# Columns of tables.
COLUMNS = {
    "address_table": ("Name", "Notes", "Tags"),
    "pocket": ("title", "tags"),
    "instapaper": ("Title", "Selection"),
    "raindrop": ("title", "note", "excerpt", "tags"),
    "readwise": ("Highlight", "Note", "Book Title", "Book Author"),
    "reader": ("Title",),
    "matter": ("Title", "Author", "Tags"),
    "mymind": ("title", "content", "note", "tags"),
    "zotero": ("Title", "Manual Tags"),
}
# A word stands for each %s.
TEXTS = {
    "notion_links": link_file(
        "%s",
        url="https://slow.example/%s",
        tags="['%s', \"%s\"]",
        overview="- %s",
        summary="%s",
        content="%s\n## %s\n```\n%s\n```",
    )
    + "## Note\n%s\n## Highlights (from Commonplace)\n\n> %s\n\n%s\n\n— woad, 2025-09-01T20:25:00+00:00, #%s\n",
    "markdown_notes": (
        '---\ntitle: "%s"\nsource: https://slow.example/%s\ntags: [%s, "%s"]\nother: %s\n---\n%s ==%s==\n\n'
        "> [!note] %s\n> `%s`\n\n<b>%s</b> [%s](https://a.example/%s)\n"
    ),
    "kindle_clippings": (
        "%s (%s)\n- Your Highlight on page 12 | location 170-172 | Added on Monday, January 1, 2024 10:00 PM\n\n"
        "%s\n==========\n%s (%s)\n- Your Note on page 99 | location 999 | Added on Monday, January 1, 2024 10:00 PM\n"
        "\n%s\n==========\n"
    ),
    "address_list": "https://a.example/%s | %s\nhttps://b.example/%s\n",
    "netscape": (
        '<DL><p><DT><H3>%s</H3><DL><p><DT><A HREF="https://slow.example/%s" TAGS="%s,%s">%s</A>'
        "<DD>%s[linkding-notes]%s[/linkding-notes]</DL><p></DL>"
    ),
    "notion_export": (
        "# %s\n\nURL: https://a.example/%s\nTags: %s\nMood: %s\n\n%s\n\n- [ ]  %s\n\n<aside>\n%s\n</aside>\n"
    ),
}
NAMES = {
    "notion_links": "a.md",
    "markdown_notes": "b.md",
    "notion_export": f"x {'a' * 32}.md",
    "readeck": "bookmarks/T3c/info.json",
}
Word = Callable[[], str]


def planted(name: str, word: Word) -> tuple[str, bytes]:
    """A file of the format, by its name, with a new word wherever one fits."""
    if name in TEXTS:
        text = TEXTS[name]
        written = text % tuple(word() for _ in range(text.count("%s")))
        return NAMES.get(name, "export"), written.encode()
    if name in COLUMNS:
        return "export", _table(SAMPLES[name], COLUMNS[name], word).encode()
    sample = {"commonplace": COMPLETE, "readeck": READECK}.get(name) or SAMPLES[name]
    return NAMES.get(name, "export"), json.dumps(_with_words(sample, KEYS[name], word, "")).encode()


def _with_words(tree: Any, keys: tuple[str, ...], word: Word, key: str) -> Any:
    if isinstance(tree, dict):
        return {name: _with_words(inner, keys, word, name) for name, inner in tree.items()}
    if isinstance(tree, list):
        return [_with_words(inner, keys, word, key) for inner in tree]
    return word() if key in keys and isinstance(tree, str) and tree.strip() else tree


def _table(sample: str, columns: tuple[str, ...], word: Word) -> str:
    head, *rows = csv.reader(io.StringIO(sample))
    target = io.StringIO()
    csv.writer(target).writerows([head, *(list(_row(head, row, columns, word)) for row in rows)])
    return target.getvalue()


def _row(head: list[str], row: list[str], columns: tuple[str, ...], word: Word) -> Iterator[str]:
    for name, cell in zip(head, row, strict=True):
        yield word() if name in columns else cell
