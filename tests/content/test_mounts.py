"""Whether a folder lies on another machine's disk is read from what Linux tells of its mounts."""

import pytest

from library.content.mounts import file_system, is_network

MOUNTS = r"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:25 / /srv rw,noatime shared:9 - btrfs /dev/sdb rw
41 30 0:41 / /srv/books rw,relatime shared:20 - nfs4 nas:/books rw,vers=4.2
42 30 0:42 / /srv/my\040books rw - cifs //nas/my\040books rw
43 22 0:43 / /data rw,relatime - fakeowner /run/host_mark/Users rw
44 22 0:44 / /over rw - nfs nas:/old rw
45 22 8:2 / /over rw master:3 propagate_from:2 - xfs /dev/sdc rw
a line that is none
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "ext4"),
        ("/home/ada/data", "ext4"),
        ("/srv/data", "btrfs"),
        ("/srv/books", "nfs4"),
        ("/srv/books/data", "nfs4"),
        ("/srv/bookshelf", "btrfs"),
        ("/srv/my books/data", "cifs"),
        ("/data", "fakeowner"),
        ("/over/data", "xfs"),
    ],
)
def test_the_mount_nearest_to_a_folder_is_its_file_system(path, kind):
    assert file_system(MOUNTS, path) == kind


def test_nothing_is_said_where_nothing_is_known():
    assert file_system("", "/srv") == ""
    assert not is_network("")


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "ceph"])
def test_another_machines_disk_is_one(kind):
    assert is_network(kind)


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "zfs", "overlay", "tmpfs", "fakeowner", "virtiofs", "9p"])
def test_a_disk_of_this_machine_or_of_its_host_is_none(kind):
    assert not is_network(kind)
