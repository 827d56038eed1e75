"""That what was written is still there after a power cut."""

import os
from contextlib import suppress
from pathlib import Path


def sync(path: Path) -> None:
    """Have the disk itself hold what was written to a file."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def sync_folder(path: Path) -> None:
    """The same for the names in a folder, which not every file system can do."""
    with suppress(OSError):
        sync(path)
