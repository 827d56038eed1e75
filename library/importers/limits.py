"""How long one file may keep the import busy, and how much memory it may take, whatever is in it."""

import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

ADDRESS_SPACE = Path("/proc/self/statm")
PAGE = resource.getpagesize()


class TooLong(BaseException):
    """No Exception, so that nothing on its way takes it for a fault of the file and goes on."""


@contextmanager
def cpu_time(seconds: float) -> Iterator[None]:
    """Raises TooLong in the caller after so much CPU time of this process; also from within a regular expression.

    Only the main thread is interrupted by signals; in any other this has no limit.
    """
    if not _in_main_thread():
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


@contextmanager
def memory(more: int) -> Iterator[None]:
    """Whoever asks for more than so many bytes beyond what this process has now gets a MemoryError.

    It holds for all threads, so only the main one sets it; and only on Linux, which says what a process has.
    """
    if not _in_main_thread() or not ADDRESS_SPACE.exists():
        yield
        return
    before, most = resource.getrlimit(resource.RLIMIT_AS)
    wanted = int(ADDRESS_SPACE.read_bytes().split()[0]) * PAGE + more
    resource.setrlimit(resource.RLIMIT_AS, (wanted if before == resource.RLIM_INFINITY else min(wanted, before), most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, most))


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
