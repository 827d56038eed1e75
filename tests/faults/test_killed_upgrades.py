"""An upgrade that is killed between its migrations or inside one is finished by the next start, with no manual step."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from library.preparing import migrations_here
from tests.faults.acts import FORMER
from tests.faults.conftest import named
from tests.faults.killing import Moment
from tests.faults.own_library import OwnLibrary

OLD = 12
MIGRATIONS = sum(app == "library" and name > FORMER for app, name in migrations_here())
BETWEEN = [
    Moment(f"django.db.migrations.executor.MigrationExecutor.{step}", number, after)
    for number in range(1, MIGRATIONS + 1)
    for step, after in (("apply_migration", True), ("record_migration", False), ("record_migration", True))
]
INSIDE = [
    Moment("django.db.backends.base.schema.BaseDatabaseSchemaEditor.execute", number, True) for number in range(1, 31)
]
AT_THE_END = [
    Moment("django.core.management.commands.migrate.emit_pre_migrate_signal", 1, True),
    Moment("django.core.management.commands.migrate.emit_post_migrate_signal", 1, False),
    Moment("library.models.triggers.install", 1, False),
    Moment("library.models.triggers.install", 1, True),
    Moment("django.contrib.auth.management.create_contenttypes", 2, False),
    Moment("django.core.management.commands.migrate.emit_post_migrate_signal", 1, True),
]
QUICKLY = [BETWEEN[-2], INSIDE[5], AT_THE_END[2], AT_THE_END[4]]
ALL = [*BETWEEN, *INSIDE, *AT_THE_END]


def schema(library: OwnLibrary) -> list[tuple[object, ...]]:
    """Columns, indexes and triggers, as the database tells them."""
    if not library.cluster:
        return library.ask("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY 1, 2")
    return [
        *library.ask(
            "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns "
            "WHERE table_schema = 'public' ORDER BY 1, 2"
        ),
        *library.ask("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"),
        *library.ask("SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"),
    ]


def rights(library: OwnLibrary) -> list[tuple[object, ...]]:
    return library.ask("SELECT codename FROM auth_permission ORDER BY 1")


@pytest.fixture(scope="module")
def former(tmp_path_factory, home, prepared) -> Iterator[OwnLibrary]:
    """A library as a version of months ago left it."""
    home.become_empty()
    home.must("command", "migrate", "library", FORMER)
    home.must("write_old_rows", OLD)
    # An index that lacks what waits for it is sound: so is this one, of a version that knew other terms.
    home.ask("INSERT INTO library_searchpending (owner_id, link_id) SELECT owner_id, id FROM library_link")
    yield from copied(home, tmp_path_factory.mktemp("former"), named("former"))


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory, home, former) -> Iterator[OwnLibrary]:
    """The same after an upgrade that nobody disturbed."""
    home.become(former)
    home.must("upgrade")
    yield from copied(home, tmp_path_factory.mktemp("upgraded"), named("upgraded"))


def copied(library: OwnLibrary, folder: Path, name: str) -> Iterator[OwnLibrary]:
    copy = OwnLibrary(folder, library.cluster, name)
    copy.become(library)
    yield copy
    copy.close()


@pytest.mark.parametrize(
    "moments", [QUICKLY, pytest.param(ALL, marks=pytest.mark.proofs)], ids=["quick", "all"]
)
def test_a_killed_upgrade_is_finished_by_the_next_start(former, upgraded, own_library, done, moments):
    wanted, allowed = schema(upgraded), rights(upgraded)
    for moment in moments:
        own_library.become(former)
        status = own_library.do("upgrade", kill=moment)
        assert status == -9, f"The upgrade ended with {status}, and was never killed {moment}."
        assert moment == AT_THE_END[-1] or tells_that_it_is_unfinished(own_library), moment
        own_library.must("upgrade")
        assert (schema(own_library), rights(own_library)) == (wanted, allowed), moment
        own_library.must("command", "check_library")
        assert own_library.one("SELECT count(*) FROM library_section") == OLD, moment
        done(kills=1)


def tells_that_it_is_unfinished(library: OwnLibrary) -> bool:
    """Whoever runs a command is told, and that `prepare` finishes it."""
    before = library.log.stat().st_size
    return library.do("command", "check_library") == 1 and "`manage.py prepare` makes it so" in library.said(before)
