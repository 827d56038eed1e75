"""Files that are small, or look it, and make a careless reader run out of memory, time or stack. Made when needed."""

import gzip
import io
import zipfile
from collections.abc import Callable, Iterator
from copy import copy
from pathlib import Path

from tests.importers.link_files import link_file
from tests.importers.samples import CLIPPINGS

MB = 1024 * 1024
Writer = Callable[[Path], None]


def zip_with(path: Path, files: dict[str, Iterator[bytes] | bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in files.items():
            with archive.open(name, "w", force_zip64=True) as member:
                for piece in [data] if isinstance(data, bytes) else data:
                    member.write(piece)


def zeros(size: int) -> Iterator[bytes]:
    return (bytes(MB) for _ in range(size // MB))


def far_too_much(path: Path) -> None:
    zip_with(path, {"a.md": zeros(300 * MB)})


def nested(path: Path) -> None:
    inner = b"# a"
    for level in range(8):
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for number in range(10 if level else 1):
                archive.writestr(f"{number}.zip" if level else "a.md", inner)
        inner = target.getvalue()
    path.write_bytes(inner)


def zip_of_zips(path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.md", "w") as member:
        for piece in zeros(200 * MB):
            member.write(piece)
    zip_with(path, {f"{number}.zip": target.getvalue() for number in range(40)})


def many_members(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(200_001):
            archive.writestr(f"{number}.md", b"")


def overlapping(path: Path) -> None:
    """A directory that leads to the same packed megabytes again and again."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.md", link_file(content=("A merchant kept three books. " * 40 + "\n\n") * 9_000))
        (first,) = archive.infolist()
        for number in range(300):
            again = copy(first)
            again.filename = f"{number}.md"
            archive.filelist.append(again)


def attachment(path: Path) -> None:
    text = link_file(content="![cover](cover.png)").replace("## Content (from Notion)", "").replace("type: link", "")
    page = "---\ntitle: Covered\nsource: https://a.example/\n---\n![cover](cover.png) Words.\n"
    zip_with(path, {"note.md": page.encode(), "cover.png": zeros(300 * MB), "b.md": text.encode()})


def gzip_in_gzip(path: Path) -> None:
    data = bytes(50 * MB)
    for _ in range(3):
        data = gzip.compress(data, 1)
    path.write_bytes(data)


def repeated(piece: str, size: int, before: str = "", after: str = "") -> Writer:
    def write(path: Path) -> None:
        path.write_text(before + piece * (size // len(piece.encode())) + after)

    return write


def written(text: str) -> Writer:
    def write(path: Path) -> None:
        path.write_text(text)

    return write


ALIASES = "\n".join(f"k{n}: &k{n} [{', '.join([f'*k{n - 1}'] * 9) if n else 'lol'}]" for n in range(12))
PINBOARD = (
    '[{"href": "https://a.example/", "description": "a", "extended": "", "tags": "", "time": "", "toread": "no", "x": '
)
WALLABAG = '[{"id": 1, "is_archived": 0, "is_starred": 0, "title": "A", "url": "https://a.example/", "content": "'
NOTION = (
    '<html><body><article id="15f0080a-a5a3-80c6-b16c-fed449a03a8b" class="page">'
    '<h1 class="page-title">A</h1><div class="page-body">'
)
DEFINITIONS = "".join(f"[{n}]: https://a.example/{n}\n" for n in range(3_000))
# By its file's name, what writes it.
BOMBS: dict[str, Writer] = {
    "ratio.zip": far_too_much,
    "nested.zip": nested,
    "zips.zip": zip_of_zips,
    "members.zip": many_members,
    "overlap.zip": overlapping,
    "attachment.zip": attachment,
    "gzip.md": gzip_in_gzip,
    "gzip.csv.gz": gzip_in_gzip,
    "hundred-megabytes.md": repeated("A merchant kept three books. ", 100 * MB),
    "aliases.md": written(f"---\nurl: https://a.example/\nnotion_type: a\n{ALIASES}\n---\n\n# A\n\nText.\n"),
    "yaml-brackets.md": repeated(
        "[", 10 * MB, "---\nurl: https://a.example/\nnotion_type: a\nb: ", "\n---\n# A\n\nText.\n"
    ),
    "yaml-dashes.md": repeated(
        "- ", 60_000, "---\nurl: https://a.example/\nnotion_type: a\nb:\n  ", "c\n---\n# A\n\nText.\n"
    ),
    "yaml-keys.md": repeated(
        "a: b\n", 15 * MB, "---\nurl: https://a.example/\nnotion_type: a\n", "---\n# A\n\nText.\n"
    ),
    "deep.json": repeated("[", 900_000, PINBOARD),
    "deeper.json": repeated("[", 15 * MB, PINBOARD),
    "deep-objects.json": repeated('{"a":', 4 * MB, PINBOARD),
    "empty-lists.json": repeated("[],", 19 * MB, PINBOARD, "1]}]"),
    "just-below.json": repeated("[],", 2_900_000, PINBOARD + "1},", "1]"),
    "digits.json": repeated("9", 19 * MB, PINBOARD, "}]"),
    "string.json": repeated("\\u0041", 19 * MB, WALLABAG, '"}]'),
    "tags-in.json": repeated("<b>", 15 * MB, WALLABAG, '"}]'),
    "entities-in.json": repeated("&amp;", 15 * MB, WALLABAG, '"}]'),
    "unclosed.html": repeated("<DT><A HREF='https://a.example/'>", 19 * MB, "<!DOCTYPE NETSCAPE-Bookmark-file-1><DL>"),
    "folders.html": repeated(
        "<DL><H3>a</H3>", 12 * MB, "<!DOCTYPE NETSCAPE-Bookmark-file-1><DT><H3>", "<A HREF='https://a.example/'>b</A>"
    ),
    "deep.html": repeated("<div>", 10 * MB, NOTION),
    "figures.html": repeated("<figure class=callout>", 10 * MB, NOTION),
    "columns.csv": repeated("url,", 15 * MB, "", "\n"),
    "cells.csv": repeated(",", 19 * MB, "title,url,time_added,tags,status\n", "\n"),
    "one-line.csv": repeated("x", 50 * MB, "title,url\n"),
    "open-quote.csv": repeated('"",\n', 18 * MB, 'title,url,time_added,tags,status\n"'),
    "rows.csv": repeated("\n", 19 * MB, "title,url,time_added,tags,status\n"),
    "definitions.md": written(link_file(content=DEFINITIONS)),
    "one-word.md": repeated("x", 19 * MB, link_file()),
    "astral.md": repeated("\U0001f9e8", 19 * MB, link_file()),
    "quotes.md": repeated(">", 10 * MB, link_file(), "x"),
    "brackets.md": repeated("[", 10 * MB, link_file()),
    "stars.md": repeated("*a ", 10 * MB, link_file()),
    "lists.md": written(link_file(content="\n".join(" " * n + "- a" for n in range(3_000)))),
    "backticks.md": repeated("`", 10 * MB, link_file()),
    "headings.md": repeated("## A (from B)\nx\n", 15 * MB, link_file()),
    "clippings.txt": repeated(
        "(a)",
        5 * MB,
        CLIPPINGS + "The ledger (",
        "\n- Your Highlight on page 1 | Added on Monday\n\nWords.\n==========\n",
    ),
}
