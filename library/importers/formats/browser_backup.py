"""What Chrome and Firefox keep bookmarks in: Chrome's file in its profile, and Firefox's backup."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from library.importers.formats import document, shaping
from library.importers.record import HoldsNone, ImportFile, NotARecord, Record, Refusal

LABEL = "Bookmarks of Chrome or Firefox (JSON)"

EPOCH = datetime(1601, 1, 1, tzinfo=UTC)

Node = dict[str, Any]


def recognise(file: ImportFile) -> bool:
    keys = document.keys(file)
    return keys >= {"roots", "bookmark_bar"} or keys >= {"guid", "root", "dateAdded", "children"}


def read(file: ImportFile) -> Iterator[Record | Refusal]:
    """Every bookmark, with the folders it lies in as a tag; the browser's own folders are none."""
    found = False
    for node, folders in _walk(_roots(document.load(file))):
        if address := node.get("url") or node.get("uri"):
            found = True
            yield _record(node, shaping.line(address), folders)
    if not found:
        raise HoldsNone("Bookmarks of a browser with none in them.")


def _roots(found: object) -> list[Node]:
    if not isinstance(found, dict):
        raise NotARecord("The file is no list of bookmarks. Export it again.")
    roots = found.get("roots")
    return shaping.objects(list(roots.values())) if isinstance(roots, dict) else [found]


def _walk(roots: list[Node]) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """Every node in order, with the folders around it; without recursion, however deep they lie."""
    stack = [(child, tuple[str, ...]()) for root in reversed(roots) for child in _children(root)]
    while stack:
        node, folders = stack.pop()
        yield node, folders
        inner = folders if "root" in node else (*folders[: shaping.MAX_LEVELS], _title(node))
        stack.extend((child, inner) for child in _children(node))


def _children(node: Node) -> list[Node]:
    """The last first, as a stack wants them."""
    return shaping.objects(node.get("children"))[::-1]


def _title(node: Node) -> str:
    return shaping.line(node.get("title") or node.get("name"))


def _record(node: Node, address: str, folders: tuple[str, ...]) -> Record | Refusal:
    return shaping.shaped(
        _title(node),
        address,
        tags=[*shaping.listed(node.get("tags")), shaping.path(folders)],
        created=node.get("dateAdded") or _since_1601(node.get("date_added")),
        texts={"overview": _description(node)},
        key=node.get("guid"),
        extra={"keyword": node.get("keyword")},
    )


def _since_1601(microseconds: object) -> datetime | str:
    """Chrome counts from the year 1601."""
    written = shaping.line(microseconds)
    try:
        return EPOCH + timedelta(microseconds=int(written)) if int(written) else ""
    except (ValueError, OverflowError):
        return written


def _description(node: Node) -> str:
    notes = shaping.objects(node.get("annos"))
    return next(
        (shaping.block(note.get("value")) for note in notes if "description" in shaping.line(note.get("name"))), ""
    )
