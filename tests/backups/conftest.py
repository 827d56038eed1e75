"""The tables of a staged library are made by its migrations once for all tests: that takes longer than the rest."""

import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from library.backups import staging


@pytest.fixture(scope="session")
def tables_made(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("tables")


@pytest.fixture(autouse=True)
def tables_once(monkeypatch, tables_made) -> None:
    make_tables = staging.make_tables

    def quickly(executor, last) -> None:
        staged, made = executor.connection, tables_made / sha256(repr(last).encode()).hexdigest()
        if made.exists():
            staged.close()
            shutil.copyfile(made, staged.settings_dict["NAME"])
            return
        make_tables(executor, last)
        shutil.copyfile(staged.settings_dict["NAME"], made)

    monkeypatch.setattr(staging, "make_tables", quickly)
