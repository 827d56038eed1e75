"""A backup is written to a draft, read back, and only then gets its name."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.db import DatabaseError, connections
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model
from django.utils import timezone

from library.backups.archive import create, verify, write_manifest, write_rows
from library.backups.connecting import snapshot
from library.backups.manifest import DERIVED, BackupProblem, Counts, Manifest, carried, field_names, rows_at_once
from library.content.durable import sync, sync_folder

# Nobody writes for so long: what is older was left by a process that was killed.
LEFT_SECONDS = 24 * 60 * 60

Values = tuple[Any, ...]


def write_backup(file: Path) -> Counts:
    """Write the library as it stands at this moment into a new `file`. Returns the rows of each model."""
    if file.exists():
        raise BackupProblem(f"{file} is there already. Nothing was written; choose another name.")
    draft = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        draft.touch(mode=0o600)
        with snapshot(file.parent) as alias:
            _write(draft, alias)
        sync(draft)
        counts = verify(draft)
        draft.rename(file)
        sync_folder(file.parent)
    except (OSError, DatabaseError) as error:
        raise BackupProblem(f"The backup was not written: {error}. The library is as it was.") from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    return counts


def rows_of(model: type[Model], alias: str) -> Iterator[Values]:
    """Every row as the values of its fields, a few in memory at a time."""
    rows = model._base_manager.using(alias).order_by("pk").values_list(*field_names(model))
    return rows.iterator(chunk_size=rows_at_once(model))


def remove_leftovers(folder: Path, pattern: str) -> None:
    """Remove drafts of processes that were killed."""
    for path in folder.glob(pattern):
        if time.time() - path.stat().st_mtime < LEFT_SECONDS:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _write(draft: Path, alias: str) -> None:
    with create(draft) as archive:
        parts = {
            model._meta.label: write_rows(archive, model._meta.label, field_names(model), rows_of(model, alias))
            for model in carried(apps.get_models(include_auto_created=True))
        }
        write_manifest(
            archive,
            Manifest(
                made_at=timezone.now().isoformat(),
                database=connections[alias].vendor,
                django=django.__version__,
                migrations=_migrations(alias),
                models=parts,
                derived=DERIVED,
            ),
        )


def _migrations(alias: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {config.label: [] for config in apps.get_app_configs()}
    for app, name in sorted(MigrationRecorder(connections[alias]).applied_migrations()):
        if app in found:
            found[app].append(name)
    return {app: names for app, names in found.items() if names}
