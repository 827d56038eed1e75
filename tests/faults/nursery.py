"""A process that has loaded the program with the environment of one library, and forks a child for each act.

So a child is there in milliseconds, and hundreds can be killed. It reads a line of JSON for each act, answers with the
child's id, and with its exit status when that has ended.
"""

import gc
import json
import os
import sys
import traceback
from importlib import import_module
from types import FunctionType
from typing import Any

import django
from django.conf import settings

from tests.faults import killing


def act(order: dict[str, Any]) -> int:
    """In the child. What it prints goes into the log of the library."""
    try:
        killing.arm(order["kill"])
        found: FunctionType = getattr(import_module("tests.faults.acts"), order["act"])
        found(*order["said"])
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
        return 3
    return 0


def main(log: str) -> None:
    django.setup()
    # Files as they are in their folder: none are collected for these libraries.
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    import_module("tests.faults.acts")
    import_module("library.urls")
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            os.setpgrp()
            with open(log, "ab", buffering=0) as file:
                for stream in (1, 2):
                    os.dup2(file.fileno(), stream)
            status = act(order)
            sys.stdout.flush()
            os._exit(status)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, ended = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(ended)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
