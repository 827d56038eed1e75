"""Files read by a path in which no symbolic link stands: who may write into a folder of the server could set one
between the moment when it was looked at and that when it is read."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

# Of a folder that may be passed through and not be listed; not every system has it.
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW
# A pipe would keep the reader waiting.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK


def real(path: Path) -> Path:
    """With its folder as links lead to it now."""
    return path.parent.resolve() / path.name


def opened(path: Path) -> BinaryIO:
    """Step by step, so that no link can come between. Raises OSError where one stands, and for what is no file."""
    return open(path, "rb", opener=_open)


def read(path: Path, limit: int) -> bytes:
    """One byte more than `limit` of what is larger."""
    with opened(path) as stream:
        # Python makes room for as much as it is asked for.
        size = min(os.fstat(stream.fileno()).st_size, limit)
        data = stream.read(size + 1)
        return data if len(data) <= size else data + stream.read(limit - size)


def _open(path: str, flags: int) -> int:
    place = os.open("/", _FOLDER)
    try:
        *folders, name = filter(None, os.path.join(os.getcwd(), path).split(os.sep))
        for folder in folders:
            above, place = place, os.open(folder, _FOLDER, dir_fd=place)
            os.close(above)
        return _regular(os.open(name, _FILE, dir_fd=place))
    finally:
        os.close(place)


def _regular(file: int) -> int:
    if stat.S_ISREG(os.fstat(file).st_mode):
        return file
    os.close(file)
    raise OSError(errno.EINVAL, "It is no file")
