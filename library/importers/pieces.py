"""Uploads that arrive in pieces, so that a lost connection costs a piece and not the upload.

All that a reader chose is one stream, its files one after the other as a list tells their names and sizes. The upload
is named by that list, so the same files chosen again go on where they broke off. What a browser was told to be here
is on the disk by then. `uploads.sweep` clears what nobody goes on with.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from library.content.durable import sync, sync_folder
from library.importers.uploads import Delivery

MOST_OF_ONE_READER = 3
CHUNK = 1024 * 1024
_KEY = re.compile(r"[0-9a-f]{32}")


class OutOfStep(Exception):
    """The piece does not follow on what is here."""


class Listed(NamedTuple):
    """One of the files. `modified` only tells one state of it from another."""

    name: str
    size: int
    modified: int
    of_folder: bool


class Upload:
    """What has come of an upload: its list, and its bytes as far as they are here."""

    def __init__(self, owner_id: int, key: str) -> None:
        self.key = key
        self.folder = Path(settings.MEDIA_ROOT) / f"pieces-{owner_id}-{key}"

    @property
    def files(self) -> list[Listed]:
        return [Listed(*each) for each in json.loads((self.folder / "list.json").read_text())]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)

    @property
    def offset(self) -> int:
        """How many bytes are here."""
        return self._bytes.stat().st_size

    @property
    def is_complete(self) -> bool:
        return self.offset == self.size

    def add(self, offset: int, piece: bytes) -> None:
        """Raises OutOfStep where it would leave a gap, lie over another or be too much."""
        with self._bytes.open("ab") as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            here = os.fstat(stream.fileno()).st_size
            if offset != here or here + len(piece) > self.size:
                raise OutOfStep
            stream.write(piece)
            stream.flush()
            os.fsync(stream.fileno())
        os.utime(self.folder)

    def take(self, delivery: Delivery) -> None:
        """Its files, as if they had come in a form."""
        with self._bytes.open("rb") as stream:
            for file in self.files:
                delivery.begin(file.name, of_folder=file.of_folder)
                for size in _chunks(file.size):
                    delivery.write(stream.read(size))
                delivery.end()

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _bytes(self) -> Path:
        return self.folder / "bytes"


def _chunks(size: int) -> Iterator[int]:
    for start in range(0, size, CHUNK):
        yield min(CHUNK, size - start)


def begin(owner_id: int, files: Sequence[Listed]) -> Upload:
    """The upload of these files, new or as far as it had come."""
    written = json.dumps(files)
    upload = Upload(owner_id, hashlib.sha256(written.encode()).hexdigest()[:32])
    if find(owner_id, upload.key) is None:
        _make_room(owner_id)
        for place in (upload.folder.parent, upload.folder):
            place.mkdir(mode=0o700, exist_ok=True)
        (upload.folder / "bytes").touch()
        draft = upload.folder / "list.draft"
        draft.write_text(written)
        sync(draft)
        draft.replace(upload.folder / "list.json")
        for place in (upload.folder, upload.folder.parent):
            sync_folder(place)
    return upload


def find(owner_id: int, key: str) -> Upload | None:
    upload = Upload(owner_id, key)
    return upload if _KEY.fullmatch(key) and (upload.folder / "list.json").is_file() else None


def remove_all(owner_id: int) -> None:
    for folder in _folders_of(owner_id):
        shutil.rmtree(folder, ignore_errors=True)


def _folders_of(owner_id: int) -> list[Path]:
    return [*Path(settings.MEDIA_ROOT).glob(f"pieces-{owner_id}-*")]


def _make_room(owner_id: int) -> None:
    """The uploads of one reader that wait longest give way."""
    waiting = sorted(_folders_of(owner_id), key=lambda folder: folder.stat().st_mtime, reverse=True)
    for folder in waiting[MOST_OF_ONE_READER - 1 :]:
        shutil.rmtree(folder, ignore_errors=True)
