"""Backups that are made by themselves: into BACKUP_FOLDER, one every BACKUP_EVERY, of which BACKUP_KEEP stay."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from library.backups.making import remove_leftovers, write_backup
from library.backups.manifest import BackupProblem

NAME = "commonplace-%Y%m%d-%H%M%S.zip"
PATTERN = "commonplace-*.zip"


def is_due() -> bool:
    if settings.BACKUP_FOLDER is None:
        return False
    passed = age()
    return passed is None or passed >= settings.BACKUP_EVERY


def is_late() -> bool:
    """Whether one that was due was not made, though there was time for it."""
    passed = age()
    return passed is not None and passed >= 2 * settings.BACKUP_EVERY


def age() -> timedelta | None:
    """How long ago the newest one was made; None where there is none."""
    file = newest()
    return timezone.now() - _made_at(file) if file else None


def newest() -> Path | None:
    return next(iter(_made()), None)


def make() -> Path:
    """Make one now, and delete the oldest of those that are too many. Raises BackupProblem."""
    folder = settings.BACKUP_FOLDER
    if folder is None:
        raise BackupProblem("BACKUP_FOLDER names no folder.")
    file = folder / timezone.now().astimezone(UTC).strftime(NAME)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        remove_leftovers(folder, f".{PATTERN}.*.part")
        write_backup(file)
        for old in _made()[settings.BACKUP_KEEP :]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise BackupProblem(f"The folder {folder} can't be used: {error.strerror or error}.") from error
    return file


def _made() -> list[Path]:
    """The newest first. Files of other names are nobody's to count or to delete."""
    if settings.BACKUP_FOLDER is None:
        return []
    return sorted(filter(_is_ours, settings.BACKUP_FOLDER.glob(PATTERN)), reverse=True)


def _is_ours(file: Path) -> bool:
    try:
        _made_at(file)
    except ValueError:
        return False
    return True


def _made_at(file: Path) -> datetime:
    return datetime.strptime(file.name, NAME).replace(tzinfo=UTC)
