"""Files that a reader sends from a browser: where they lie until their import is done.

A reader's names are never names of files here. Zips lie as 1.zip, 2.zip and so on; all other files go into one zip of
ours, in which their names are data.
"""

from __future__ import annotations

import secrets
import shutil
import zipfile
from contextlib import suppress
from datetime import datetime, timedelta
from os.path import splitext
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from django.conf import settings
from django.db.models import Q

from library.content.durable import sync, sync_folder
from library.importers.files import Origin
from library.models import ImportRun, RunState, User
from library.models.imports import WAITING

# How long the files of a stopped import wait for somebody to go on with it.
KEPT = timedelta(days=7)
# Nothing younger is swept away: an upload may still be arriving, and its import be made.
FRESH = timedelta(days=1)
# Of so many ended imports of one reader the files wait.
MOST_ENDED = 5
NAMED = 3


class Delivery:
    """The files of one upload while they arrive, in a private folder. It is gone in the end, unless it was kept."""

    def __init__(self) -> None:
        self.folder = Path(settings.MEDIA_ROOT) / f"arriving-{secrets.token_hex(8)}"
        self._zips: list[str] = []
        self._loose: zipfile.ZipFile | None = None
        self._stream: IO[bytes] | None = None
        self._names: dict[str, int] = {}
        self._tops: dict[str, None] = {}
        self._kept = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._kept:
            # On a full disk the zip can't be closed either; it is thrown away.
            with suppress(OSError):
                self.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def __bool__(self) -> bool:
        return bool(self._names)

    @property
    def label(self) -> str:
        """What the reader chose: the first names, and how many more."""
        tops = list(self._tops)
        more = f" and {len(tops) - NAMED:,} more" if len(tops) > NAMED else ""
        return ", ".join(tops[:NAMED]) + more

    def begin(self, name: str, *, of_folder: bool = False) -> None:
        """The next file. One of a chosen folder is named from that folder on, as when the folder is on this server."""
        parts = [part for part in name.replace("\0", "").split("/") if part not in ("", ".", "..")] or ["file"]
        self._tops[parts[0]] = None
        shown = self._free("/".join(parts[1:] if of_folder and len(parts) > 1 else parts))
        for place in (self.folder.parent, self.folder):
            place.mkdir(mode=0o700, exist_ok=True)
        if shown.lower().endswith(".zip"):
            self._zips.append(shown)
            self._stream = self._zip_file(len(self._zips)).open("wb")
        else:
            self._loose = self._loose or zipfile.ZipFile(self._loose_file, "w")
            self._stream = self._loose.open(zipfile.ZipInfo(shown), "w")

    def write(self, chunk: bytes) -> None:
        if self._stream:
            self._stream.write(chunk)

    def end(self) -> None:
        if self._stream:
            self._stream.close()
        self._stream = None

    def close(self) -> None:
        self.end()
        if self._loose:
            self._loose.close()

    def hand_over(self, run_id: int) -> list[Origin]:
        """Give the folder to an import that has just been made, its files safe on the disk. Answers its `paths`."""
        self.close()
        for file in self.folder.iterdir():
            sync(file)
        sync_folder(self.folder)
        # A folder of this number can only be left from a start that was taken back.
        shutil.rmtree(folder(run_id), ignore_errors=True)
        self.folder = self.folder.rename(folder(run_id))
        sync_folder(self.folder.parent)
        loose: list[Origin] = [[str(self._loose_file), ""]] if self._loose else []
        return [*loose, *([str(self._zip_file(number)), name] for number, name in enumerate(self._zips, 1))]

    def keep(self) -> None:
        """From now on the files are the import's."""
        self._kept = True

    @property
    def _loose_file(self) -> Path:
        return self.folder / "files.zip"

    def _zip_file(self, number: int) -> Path:
        return self.folder / f"{number}.zip"

    def _free(self, name: str) -> str:
        """The name, or one with a number where an earlier file has it."""
        free, number = name, self._names.get(name, 0)
        root, ending = splitext(name)
        while free in self._names:
            number += 1
            free = f"{root} ({number + 1}){ending}"
        self._names[name] = number
        self._names.setdefault(free, 0)
        return free


def folder(run_id: int) -> Path:
    return Path(settings.MEDIA_ROOT) / str(run_id)


def are_here(run: ImportRun) -> bool:
    """Whether the uploaded files of a run are still on this server."""
    return run.uploaded and folder(run.pk).is_dir()


def pass_on(run: ImportRun, to: ImportRun) -> None:
    """Give the files of an ended import to a new one, for another try."""
    before, after = folder(run.pk), folder(to.pk)
    shutil.rmtree(after, ignore_errors=True)
    before.rename(after)
    to.paths = [[str(after / Path(path).name), name] for path, name in run.paths]


def remove(run: ImportRun) -> None:
    if run.uploaded:
        shutil.rmtree(folder(run.pk), ignore_errors=True)


def make_room(owner: User) -> None:
    """The files of the reader's ended imports give way, all but those of the newest."""
    root = Path(settings.MEDIA_ROOT)
    here = [int(place.name) for place in root.iterdir() if place.name.isdecimal()] if root.is_dir() else []
    ended = owner.import_runs.filter(pk__in=here, uploaded=True).exclude(state__in=WAITING)
    for run in ended.order_by("-id")[MOST_ENDED:]:
        remove(run)


def sweep(now: datetime) -> None:
    """Remove the files that no import needs any more, and those of uploads that broke off."""
    waiting = Q(finished_at__isnull=True) | Q(finished_at__gte=now - KEPT)
    done = Q(state=RunState.UNDONE) | Q(state=RunState.DONE, rejected=0)
    unfinished = ImportRun.objects.filter(waiting, uploaded=True).exclude(done)
    needed = {str(pk) for pk in unfinished.values_list("pk", flat=True)}
    root = Path(settings.MEDIA_ROOT)
    for place in root.iterdir() if root.is_dir() else ():
        if place.name not in needed and place.stat().st_mtime < (now - FRESH).timestamp():
            shutil.rmtree(place, ignore_errors=True)
