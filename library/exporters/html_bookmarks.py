"""A bookmarks file as every browser reads it (Netscape's): addresses, titles, tags, dates and the first words."""

from html import escape
from pathlib import Path

from library.exporters.chosen import Chosen, Progress
from library.exporters.tags import names_of
from library.models import Link
from library.models.links import UNREAD

LABEL = "Bookmarks file"
ABOUT = "HTML, for browsers and other tools: addresses, titles, tags and dates."
SUFFIX = ".html"
MEDIA_TYPE = "text/html"
WITH_BIN = False

HEAD = """<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>{title}</TITLE>
<H1>{title}</H1>
<DL><p>
"""


def write(chosen: Chosen, target: Path, progress: Progress) -> None:
    """What has no address that a browser could open is left out."""
    with target.open("w", encoding="utf-8", errors="replace") as stream:
        stream.write(HEAD.format(title=escape(chosen.title)))
        for chunk in chosen.kept():
            tags = names_of(chunk)
            stream.writelines(_bookmark(link, tags[link.pk]) for link in chunk if link.url_hash)
            progress(len(chunk))
        stream.write("</DL><p>\n")


def _bookmark(link: Link, tags: list[str]) -> str:
    """Commas part the tags, so a comma inside one becomes a blank."""
    said = {
        "HREF": link.url,
        "ADD_DATE": str(int(link.saved_at.timestamp())),
        "LAST_MODIFIED": str(int(link.updated_at.timestamp())),
        "TAGS": ",".join(name.replace(",", " ") for name in tags),
        "TOREAD": "1" if link.state in UNREAD else "0",
    }
    attributes = " ".join(f'{name}="{escape(value)}"' for name, value in said.items())
    about = f"<DD>{escape(link.gist)}\n" if link.gist else ""
    return f"<DT><A {attributes}>{escape(link.display_title)}</A>\n{about}"
