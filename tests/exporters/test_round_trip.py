"""What goes out comes back: every field of every model that holds the reader's data."""

import shutil
from pathlib import Path

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings

from library import exporters
from library.exporters import Chosen
from library.importers import restoring
from library.models import User
from library.models.portable import NOT_CARRIED
from tests.exporters.libraries import acts, all_models, build, carried_models, forget, held

pytestmark = pytest.mark.django_db
PHASES = [Phase.explicit, Phase.reuse, Phase.generate]  # an example takes too long to be made small
SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
FORMATS = {"markdown": "all", "zip": "all.zip", "json": "all.json"}


def there_and_back(reader: User, other: User, done: list, folder: Path, kind: str) -> None:
    """A random library of one reader becomes that of another, after it is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with transaction.atomic():
        build(reader, done, folder)
        before = held(reader)
        target = folder / FORMATS[kind]
        exporters.write(Chosen(reader), "json" if kind == "json" else "markdown", target)
        forget(reader)
        restored = restoring.restore(other, [str(target)])
        after = held(other)
        transaction.set_rollback(True)
    assert (len(restored.articles), restored.warnings) == (len(before["articles"]), [])
    for name in before:
        assert after[name] == before[name], name


@pytest.mark.parametrize("kind", FORMATS)
@settings(max_examples=4, deadline=None, phases=PHASES, suppress_health_check=SLOW)
@given(done=acts)
def test_a_library_comes_back_as_it_was(kind, done, reader, other_reader, tmp_path):
    there_and_back(reader, other_reader, done, tmp_path / "trip", kind)


@pytest.mark.proofs
@pytest.mark.parametrize("kind", FORMATS)
@settings(max_examples=500, deadline=None, phases=PHASES, suppress_health_check=SLOW)
@given(done=acts)
def test_500_libraries_come_back_as_they_were(kind, done, reader, other_reader, tmp_path):
    there_and_back(reader, other_reader, done, tmp_path / "trip", kind)


def test_a_new_model_is_carried_or_says_why_not():
    left = {label for label in all_models() - carried_models() if label not in NOT_CARRIED}
    assert {label for label in left if label.partition(".")[0] not in NOT_CARRIED} == set()
    known = all_models() | {config.label for config in apps.get_app_configs()}
    assert {label for label in NOT_CARRIED if label not in known} == set()
    assert carried_models() & NOT_CARRIED.keys() == set()
