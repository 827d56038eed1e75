"""How a writer waits for SQLite's one lock: it looks again every two milliseconds.

SQLite's own timeout looks ever more seldom, at last ten times a second, and so misses the short pauses between the
commits of an import: a small write was seen to wait a second and more where this waits for one commit.
"""

import time
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

LOOK_AGAIN = 0.002


class Patience:
    """What SQLite calls while another holds the lock; `tries` begins at 0 for each wait."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.give_up_at = 0.0

    def __call__(self, tries: int) -> bool:
        if tries == 0:
            self.give_up_at = time.monotonic() + self.seconds
        time.sleep(LOOK_AGAIN)
        return time.monotonic() < self.give_up_at


def wait_patiently(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Receiver of `connection_created`. The standard library's sqlite3 has no such handler, and keeps its timeout."""
    if connection.vendor == "sqlite" and hasattr(connection.connection, "set_busy_handler"):
        connection.connection.set_busy_handler(Patience(connection.settings_dict["OPTIONS"]["timeout"]))
