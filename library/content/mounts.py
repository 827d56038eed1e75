"""On which file system a path lies, read from the text of Linux's /proc/self/mountinfo (proc(5))."""

from __future__ import annotations

import re

# File systems of other machines, by the names that Linux gives them. On these SQLite's locks, and the memory that its
# log shares between processes, can't be relied on: https://www.sqlite.org/wal.html and
# https://www.sqlite.org/faq.html#q5. The folders that Docker Desktop shares (fakeowner, virtiofs, 9p, osxfs, grpcfuse)
# are not among them: all processes that open such a file are on one machine.
NETWORK = frozenset(
    {
        *("nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "ncpfs", "afs", "coda", "ceph", "glusterfs", "lustre"),
        *("ocfs2", "gfs2", "beegfs", "orangefs", "gpfs", "davfs", "davfs2"),
        *("fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.s3fs", "fuse.rclone", "fuse.davfs", "fuse.gcsfuse"),
    }
)
ESCAPED = re.compile(r"\\([0-7]{3})")


def file_system(mountinfo: str, path: str) -> str:
    """The type of the file system in which `path`, absolute and without symbolic links, lies; nothing if none fits."""
    holding = [
        (len(place), number, kind) for number, (place, kind) in enumerate(_mounts(mountinfo)) if _holds(place, path)
    ]
    return max(holding, default=(0, 0, ""))[2]


def is_network(kind: str) -> bool:
    return kind in NETWORK


def _mounts(mountinfo: str) -> list[tuple[str, str]]:
    """Where each is mounted, and its type: the word after the one hyphen that stands alone."""
    rows = [line.split(" ") for line in mountinfo.splitlines()]
    return [(_plain(row[4]), row[row.index("-", 6) + 1]) for row in rows if len(row) > 8 and "-" in row[6:-1]]


def _plain(place: str) -> str:
    """Blanks and backslashes are written as octal numbers there."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 8)), place)


def _holds(place: str, path: str) -> bool:
    return path == place or path.startswith(place.rstrip("/") + "/")
