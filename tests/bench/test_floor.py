import sqlite3

import pytest

from bench import corpus, floor


@pytest.fixture
def folder(tmp_path):
    corpus.write(tmp_path / "files", range(5))
    return tmp_path / "files"


def counts(file) -> list[int]:
    tables = ("link", "section", "original", "words")
    with sqlite3.connect(file) as connection:
        return [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]


def test_the_floor_does_the_whole_work(folder, tmp_path, capsys):
    floor.main(folder, tmp_path / "floor.sqlite3", 2)
    assert counts(tmp_path / "floor.sqlite3") == [5, 15, 5, 5]
    assert '"files": 5' in capsys.readouterr().out


def test_the_floor_leaves_out_what_it_knows(folder, tmp_path):
    floor.main(folder, tmp_path / "floor.sqlite3", 2)
    floor.main(folder, tmp_path / "floor.sqlite3", 2)
    assert counts(tmp_path / "floor.sqlite3") == [5, 15, 5, 5]
