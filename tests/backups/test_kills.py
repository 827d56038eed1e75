"""Whoever kills a backup or a restore at any moment finds the old library, or the new one, and it is sound."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connection
from psycopg.conninfo import conninfo_to_dict

from library.backups import verify, write_backup
from library.models import Kind, Link
from library.models.writing import write_section
from library.soundness import faults
from tests.backups.comparing import here

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.proofs]

ROOT = Path(__file__).resolve().parents[2]
KILLS = 6
ARTICLES = 150
PATIENCE = 60


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    """That of another process with the library of this test."""
    places = {"DATA_DIR": str(tmp_path), "DATABASE_URL": address(), "SECRET_KEY": django_settings.SECRET_KEY}
    return {"PATH": os.environ["PATH"], **places}


def address() -> str:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    found = conninfo_to_dict(os.environ["DATABASE_URL"])
    return f"postgresql://{found['user']}@/{name}?host={found['host']}"


def fill(reader, word: str) -> None:
    Link.objects.all().delete()
    for number in range(ARTICLES):
        link = Link(owner=reader)
        link.set_title(f"{word} {number}")
        link.save()
        write_section(link, Kind.NOTE, f"{word} " * 3_000)


def kill_once_it_writes(environment: dict[str, str], folder: Path, sign: str, *command: str) -> None:
    """Kill the command a little after a file whose name is like `sign` appeared."""
    known = set(folder.glob(sign))
    with subprocess.Popen([sys.executable, "manage.py", *command], cwd=ROOT, env=environment) as running:
        deadline = time.monotonic() + PATIENCE
        while not set(folder.glob(sign)) - known and running.poll() is None and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(random.random() * random.choice((0.03, 0.3, 2)))
        running.kill()


def test_a_killed_backup_leaves_no_half_a_file_and_the_library_as_it_was(reader, environment, tmp_path):
    fill(reader, "Old")
    was = here(tmp_path)
    for number in range(KILLS):
        file = tmp_path / f"{number}.zip"
        kill_once_it_writes(environment, tmp_path, f".{file.name}.*", "backup", str(file))
        assert not file.exists() or verify(file)["library.Link"] == ARTICLES
        assert here(tmp_path) == was


def test_a_killed_restore_leaves_the_old_library_or_the_new_one(reader, environment, tmp_path):
    fill(reader, "New")
    write_backup(tmp_path / "new.zip")
    new = here(tmp_path)
    fill(reader, "Old")
    write_backup(tmp_path / "old.zip")
    old = here(tmp_path)
    seen = []
    for _ in range(KILLS):
        kill_once_it_writes(environment, tmp_path, "before-restore-*", "restore", str(tmp_path / "new.zip"))
        connection.close()
        seen.append(here(tmp_path))
        seen[-1]["library.SecurityEvent"] = []  # one that came to its end has noted this
        assert seen[-1] in (old, new)
        assert list(faults()) == []
        call_command("restore", str(tmp_path / "old.zip"))
    assert old in seen
