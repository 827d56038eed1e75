"""How long one file may keep the import busy, whatever is in it."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn


class TooLong(BaseException):
    """No Exception, so that nothing on its way takes it for a fault of the file and goes on."""


@contextmanager
def cpu_time(seconds: float) -> Iterator[None]:
    """Raises TooLong in the caller after so much CPU time of this process; also from within a regular expression.

    Only the main thread is interrupted by signals; in any other this has no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise TooLong
