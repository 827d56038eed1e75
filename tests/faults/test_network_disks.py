"""A start on a network disk is refused with the reason, before anything is made there."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from library import preparing
from library.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]


@pytest.fixture
def network_disk(tmp_path, monkeypatch):
    mounts = tmp_path / "mountinfo"
    mounts.write_text("22 1 8:1 / / rw,relatime shared:1 - nfs4 nas:/all rw,vers=4.2\n")
    monkeypatch.setattr(preparing, "MOUNTS", mounts)
    monkeypatch.setattr(preparing, "collect_static_files", lambda: None)


def test_a_start_on_a_network_disk_is_refused_with_the_reason(network_disk, monkeypatch):
    monkeypatch.setattr(preparing, "migrate", lambda: pytest.fail("It wrote."))
    with pytest.raises(CommandError, match=r"network disk \(nfs4\).*Nothing was changed.*NETWORK_DISK=on"):
        call_command("prepare")


def test_whoever_knows_better_can_start_it(network_disk, settings):
    settings.NETWORK_DISK = True
    call_command("prepare")
    assert User.objects.count() == 0


def test_another_machines_database_is_no_file_here(network_disk, monkeypatch):
    monkeypatch.setattr(connection, "vendor", "postgresql")
    preparing.refuse_network_disk()
