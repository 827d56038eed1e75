"""What a backup holds, and what the database holds, in a shape in which both can be compared."""

import json
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from django.apps import apps

from library.backups.archive import opened, read_rows
from library.backups.making import write_backup

Rows = dict[str, list[dict[str, object]]]


def held(file: Path) -> Rows:
    """Every row of every model in a backup."""
    with opened(file) as (archive, manifest):
        return {
            label: [dict(zip(part.fields, row, strict=True)) for row in read_rows(archive, label, part)]
            for label, part in manifest.models.items()
        }


def here(folder: Path, name: str = "now") -> Rows:
    """Every row of the library as it stands."""
    file = folder / f"{name}.zip"
    write_backup(file)
    rows = held(file)
    file.unlink()
    return rows


def rewrite(file: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Let `change` have its way with the members of a backup."""
    with ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def rewrite_manifest(file: Path, change: Callable[[dict], None]) -> None:
    def with_manifest(members: dict[str, bytes]) -> None:
        manifest = json.loads(members["manifest.json"])
        change(manifest)
        members["manifest.json"] = json.dumps(manifest).encode()

    rewrite(file, with_manifest)


def models() -> list[str]:
    return [model._meta.label for model in apps.get_models(include_auto_created=True)]
