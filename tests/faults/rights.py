"""Root may write where file modes say that nobody may. A process can give that up for itself, and only for itself."""

import ctypes
import os
import sys

VERSION = 0x20080522  # capset(2): three words each for two halves
WRITE_ANYTHING, READ_ANYTHING = 1 << 1, 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


class Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


def drop_rights() -> None:
    """From now on file modes bind this process, as they do a reader's own."""
    if os.geteuid() or sys.platform != "linux":
        return
    libc, header, words = ctypes.CDLL(None, use_errno=True), Header(VERSION, 0), (ctypes.c_uint32 * 6)()
    if libc.capget(ctypes.byref(header), ctypes.byref(words)):
        raise OSError(ctypes.get_errno(), "capget")
    for effective_or_permitted in (0, 1):
        words[effective_or_permitted] &= ~(WRITE_ANYTHING | READ_ANYTHING)
    if libc.capset(ctypes.byref(header), ctypes.byref(words)):
        raise OSError(ctypes.get_errno(), "capset")
