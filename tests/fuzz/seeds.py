"""Small honest files of every format, from which hostile ones are made, each with what came beside it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from library.importers.formats import FORMATS
from library.importers.record import ImportFile
from tests.importers.link_files import link_file
from tests.importers.readings import Files
from tests.importers.samples import CLIPPED, OMNIVORE, READECK, SAMPLES

HOME, ROW, TABLE = (sign * 32 for sign in "abc")
HTML = '<html><head><title>x</title></head><body><h2>Books</h2><p>A <b>merchant</b>.</p><img src="a.png"></body></html>'
NOTION_PAGE = (
    f"# Home\n\nURL: https://a.example/\nTags: one, two\n\n[List](x%20{TABLE}.csv) ![a](x%20{HOME}/a.png)\n- [ ]  b"
)
NOTION_HTML = """<html><head><title>A &amp; B</title></head><body>
<article id="15f0080a-a5a3-80c6-b16c-fed449a03a8b" class="page"><header>
<h1 class="page-title">A &amp; B</h1><table class="properties"><tbody><tr class="property-row"><th>Tags</th><td>
<span class="selected-value">one</span></td></tr></tbody></table></header><div class="page-body"><p>Words</p>
<figure class="callout"><div>x</div></figure></div></article></body></html>"""
COMPLETE: dict[str, Any] = {
    "commonplace": 1,
    "tags": [{"id": 1, "name": "money"}],
    "articles": [
        {
            "title": "The ledger",
            "url": "https://slow.example/ledger",
            "saved_at": "2024-01-01T00:00:00Z",
            "state": "reading",
            "tags": [{"tag": 1}],
            "progress": 4,
            "favourite": True,
            "type": "Book",
            "texts": [
                {"id": 5, "kind": "article", "text": "A merchant."},
                {"id": 6, "kind": "other", "heading": "X", "text": "b"},
            ],
            "highlights": [{"quote": "merchant", "section": 5, "note": "n", "colour": "woad", "tags": [{"tag": 1}]}],
        }
    ],
}


@dataclass(frozen=True)
class Seed:
    """A file by its name in its package, and the files beside it."""

    name: str
    data: bytes
    beside: dict[str, bytes] = field(default_factory=dict)

    def file(self) -> ImportFile:
        package = Files({**self.beside, self.name: self.data})
        return ImportFile(
            f"export.zip/{self.name}", self.data, "0" * 64, len(self.data), package=package, inner=self.name
        )


def written(content: Any) -> bytes:
    return content.encode() if isinstance(content, str) else json.dumps(content).encode()


def _link_files() -> Iterator[Seed]:
    whole = (
        link_file()
        + "## Fetched Content (from URL)\n```\ncode\n```\n## Highlights (from Commonplace)\n> Intent\n\n— woad, x\n"
    )
    yield Seed("2025-09-01-The_ledger.md", whole.encode())
    yield Seed("a.md", link_file(tags="\"[a, 'b']\"", created="2025-09-01", url="").encode("utf-8-sig"))


def _notion() -> Iterator[Seed]:
    beside = {f"x {HOME}/a.png": b"\x89PNG", f"x {TABLE}.csv": b"Name,URL,Tags\r\nHome,https://a.example/,one\r\n"}
    yield Seed(f"x {HOME}.md", NOTION_PAGE.encode(), beside)
    yield Seed(f"x {TABLE}.csv", beside[f"x {TABLE}.csv"] + b"Alone,,\r\n", {f"x {TABLE}/Home {ROW}.md": b"# Home\n"})
    yield Seed("Page.html", NOTION_HTML.encode(), {"Page aaaa/a.png": b"x"})


MORE: dict[str, list[Seed]] = {
    "notion_links": list(_link_files()),
    "notion_export": list(_notion()),
    "commonplace": [Seed("commonplace.json", written(COMPLETE))],
    "readeck": [
        Seed("bookmarks/T3c/info.json", written(READECK), {"bookmarks/T3c/container/index.html": HTML.encode()})
    ],
    "omnivore": [
        Seed(
            "metadata_0_to_20.json",
            written([OMNIVORE]),
            {
                "content/the-ledger.html": HTML.encode(),
                "highlights/the-ledger.md": b"> Intent.\n\n#money\n\nMy note.\n",
            },
        )
    ],
    "markdown_notes": [Seed("Clippings/a.md", CLIPPED.encode(), {"a.png": b"x"})],
}


def seeds_of(name: str) -> list[Seed]:
    """Of a format without a sample of its own, those of all others."""
    own = MORE.get(name, []) + ([Seed("export", written(SAMPLES[name]))] if name in SAMPLES else [])
    return own or [seed for other in FORMATS if other in MORE or other in SAMPLES for seed in seeds_of(other)]


ALL = [seed for name in FORMATS for seed in seeds_of(name)]
