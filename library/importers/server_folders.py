"""Folders of this server from which staff may import: those that IMPORT_FOLDERS names, and what lies in them."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from library.models import ImportRun

GONE = "The folder is not there any more, or may no longer be imported. Nothing more was changed."


class NotAllowed(Exception):
    """The message is a plain sentence for the one who named the folder."""


def allowed() -> list[Path]:
    return [folder.resolve() for folder in settings.IMPORT_FOLDERS]


def folder_of(written: str) -> Path:
    """The folder of that path, where symbolic links have led to it. Raises NotAllowed."""
    try:
        folder = Path(written).resolve()
        if not Path(written).is_absolute() or not _is_within(folder):
            raise NotAllowed(f"Folders can be imported only from {', '.join(map(str, settings.IMPORT_FOLDERS))}.")
        if not folder.is_dir():
            raise NotAllowed("There is no such folder on the server. Nothing was imported.")
    except (OSError, ValueError, RuntimeError) as error:
        raise NotAllowed("The path can't be read. Nothing was imported.") from error
    return folder


def _is_within(folder: Path) -> bool:
    return any(folder.is_relative_to(root) for root in allowed())


def are_here(run: ImportRun) -> bool:
    """Whether the folders of a run are where they were, allowed, and no links to elsewhere by now."""
    return run.on_server and all(_is_the_same(path) for path in run.paths)


def _is_the_same(path: str) -> bool:
    try:
        return folder_of(path) == Path(path)
    except NotAllowed:
        return False
