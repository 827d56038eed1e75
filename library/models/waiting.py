"""How writers wait for SQLite's one lock: in a line, first come, first served; only the first looks again and again.

SQLite's own timeout looks ever more seldom, at last ten times a second, and so misses the short pauses between the
commits of an import: a small write was seen to wait a second and more where this waits for one commit. When all look
as often as they can, luck decides, and one of fifty was seen to wait for 19 seconds.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

LOOK_AGAIN = 0.002
# With these a transaction of writing begins, or is one by itself.
WRITES = ("BEGIN IMMEDIATE", "INSERT", "UPDATE", "DELETE", "REPLACE")


class Patience:
    """Of one connection: `seconds` is how long it waits, from when it took its place in the line."""

    def __init__(self, seconds: float, folder: Path) -> None:
        self.seconds, self.folder = seconds, folder
        self.give_up_at = 0.0
        self.in_line = False

    def look_again(self, tries: int) -> bool:
        """What SQLite calls while another holds the lock; `tries` begins at 0 for each wait."""
        if tries == 0 and not self.in_line:
            self.give_up_at = time.monotonic() + self.seconds
        time.sleep(LOOK_AGAIN)
        return time.monotonic() < self.give_up_at

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """What Django calls around each statement. Whoever stands before us gives up before us: no wait is for ever."""
        if context["connection"].in_atomic_block or not sql.startswith(WRITES):
            return execute(sql, params, many, context)
        self.give_up_at = time.monotonic() + self.seconds
        with first_in_line(self.folder):
            self.in_line = True
            try:
                return execute(sql, params, many, context)
            finally:
                self.in_line = False


@contextmanager
def first_in_line(folder: Path) -> Iterator[None]:
    """The system's lock on the folder: it serves in the order of asking, and lets go of whoever dies."""
    place = take_place(folder)
    try:
        yield
    finally:
        if place is not None:
            # A process that was forked meanwhile has it open too: closing it would not be enough.
            fcntl.flock(place, fcntl.LOCK_UN)
            os.close(place)


def take_place(folder: Path) -> int | None:
    """None where there is no such lock, as on some network disks: luck decides there."""
    try:
        place = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(place, fcntl.LOCK_EX)
    except OSError:
        os.close(place)
        return None
    return place


def wait_patiently(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Receiver of `connection_created`. The standard library's sqlite3 has no such handler, and keeps its timeout."""
    if connection.vendor != "sqlite":
        return
    patience = patience_of(connection)
    if hasattr(connection.connection, "set_busy_handler"):
        connection.connection.set_busy_handler(patience.look_again)


def patience_of(connection: BaseDatabaseWrapper) -> Patience:
    """The same after the connection was lost and made again."""
    for wrapper in connection.execute_wrappers:
        if isinstance(wrapper, Patience):
            return wrapper
    settings = connection.settings_dict
    made = Patience(settings["OPTIONS"]["timeout"], Path(settings["NAME"]).parent)
    connection.execute_wrappers.insert(0, made)
    return made
