"""The files of exports that readers asked for: where they lie, and how long."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings

from library import exporters
from library.content.text import slug
from library.exporters import FORMATS, Chosen
from library.models import Export, User
from library.models.exports import MOST_KEPT, UNFINISHED, Progress

TELL_EVERY = 1.0  # seconds


def path(export: Export) -> Path:
    """A reader's words are never names of files here."""
    return Path(settings.EXPORTS_ROOT) / f"{export.pk}{FORMATS[export.format].SUFFIX}"


def file_name(export: Export) -> str:
    """What the file is called for the reader."""
    return f"{slug(export.title)}-{export.created_at:%Y-%m-%d}{FORMATS[export.format].SUFFIX}"


def chosen(export: Export) -> Chosen:
    if export.article_id:
        return Chosen(export.owner, [export.article_id], export.title)
    if not export.query:
        return Chosen(export.owner, title=export.title)
    return Chosen.by_query(export.owner, export.query, export.title)


def make(export: Export) -> None:
    """Write its file under another name first, and say on the way how far it is."""
    target = path(export)
    target.parent.mkdir(mode=0o700, exist_ok=True)
    draft = target.with_name(f"making-{target.name}")
    articles = chosen(export)
    total = exporters.count(articles, export.format)
    Export.objects.filter(pk=export.pk).update(state=Progress.RUNNING, total=total, done=0)
    try:
        exporters.write(articles, export.format, draft, Telling(export))
        draft.chmod(0o600)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    Export.objects.filter(pk=export.pk).update(done=total)
    export.finish(Progress.DONE, size=target.stat().st_size)


class Telling:
    """Notes how many articles are done, once a second at most."""

    def __init__(self, export: Export) -> None:
        self._export, self._done, self._told = export, 0, time.monotonic()

    def __call__(self, number: int) -> None:
        self._done += number
        if time.monotonic() - self._told >= TELL_EVERY:
            Export.objects.filter(pk=self._export.pk).update(done=self._done)
            self._told = time.monotonic()


def delete(export: Export) -> None:
    with suppress(OSError):
        path(export).unlink(missing_ok=True)
    export.delete()


def make_room(owner: User) -> None:
    """The oldest exports of a reader give way to one more; those that are being made stay."""
    for export in owner.exports.exclude(state__in=UNFINISHED).order_by("-id")[MOST_KEPT - 1 :]:
        delete(export)


def sweep(now: datetime) -> None:
    """Remove the exports whose time is over, and files that belong to none."""
    for export in Export.objects.over(now):
        delete(export)
    root = Path(settings.EXPORTS_ROOT)
    known = {str(pk) for pk in Export.objects.values_list("pk", flat=True)}
    for file in root.iterdir() if root.is_dir() else ():
        if file.name.removeprefix("making-").partition(".")[0] not in known:
            shutil.rmtree(file, ignore_errors=True) if file.is_dir() else file.unlink(missing_ok=True)
