"""Folders are watched: which files appeared or changed, once nobody writes them any more."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event

from watchfiles import Change, watch

from library.importers.files import Origin

SETTLED = 2.0
"""A file is taken when it has not changed for so many seconds."""
LOOK = 500
"""So often it is looked at, in milliseconds."""


def settled(folders: Sequence[Path], stop: Event | None = None) -> Iterator[list[Origin]]:
    """Batches of files, each with the name that an import of its folder would show. Ends with Ctrl-C, or `stop`."""
    waiting: dict[Path, float] = {}
    changes = watch(
        *folders, watch_filter=_is_wanted, stop_event=stop, rust_timeout=LOOK, yield_on_timeout=True, debounce=LOOK
    )
    for found in changes:
        now = time.monotonic()
        waiting.update((path, now) for _, name in found for path in _files(Path(name)))
        ready = [path for path, at in waiting.items() if now - at >= SETTLED]
        for path in ready:
            del waiting[path]
        if places := [place for path in sorted(ready) if (place := _place(path, folders))]:
            yield places


def _is_wanted(change: Change, path: str) -> bool:
    return change != Change.deleted


def _files(path: Path) -> Iterator[Path]:
    """A new folder has often been filled before it is watched itself."""
    if not path.is_symlink() and path.is_dir():
        yield from (below for below in path.rglob("*") if below.is_file())
    else:
        yield path


def _place(path: Path, folders: Sequence[Path]) -> Origin | None:
    """None for what an import of the folder would pass over, and for what is gone again."""
    folder = next((each for each in folders if path.is_relative_to(each)), None)
    if folder is None or not path.is_file():
        return None
    parts = path.relative_to(folder).parts
    passed = any(part.startswith(".") for part in parts)
    linked = any(parent.is_symlink() for parent in [path, *path.parents] if parent.is_relative_to(folder / parts[0]))
    return None if passed or linked else [str(path), "/".join(parts)]
