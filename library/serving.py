"""The processes of a running library: the web server, what stands beside it, and who stops whom.

One process loads the program and then forks, so that all of them share its memory.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from multiprocessing import connection as pipes
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from gunicorn.app.base import BaseApplication

logger = logging.getLogger(__name__)

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# A stopping server finishes the answers it has begun, and then waits for its children, in seconds.
GRACE = 8
PATIENCE = GRACE + 4
# As measured: see docs/architecture.md, "Processes".
THREADS = 2
# Browsers open connections ahead. Linux hands one over when it speaks, so that no thread waits on it.
IDLE_SECONDS = 30
# How many new objects make Python look for garbage, and how often it looks among older ones: seldom, since a page makes
# tens of thousands and leaves next to none.
GARBAGE = (10_000, 20, 20)
DIE_WITH_PARENT = 1  # prctl's PR_SET_PDEATHSIG

Job = Callable[[], None]


class CantListen(Exception):
    """The address can't be served, in a sentence."""


def listen() -> socket.socket:
    """Take the address before anything else is started, so that a taken one is said at once."""
    family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
    try:
        listener = socket.create_server((settings.HOST, settings.PORT), family=family, backlog=512)
    except OSError as error:
        raise CantListen(
            f"{settings.HOST}:{settings.PORT} can't be served: {error.strerror or error}. PORT and HOST name another."
        ) from error
    # gunicorn sets this too, but later: whoever connects before that would wait 40 ms for the end of every answer.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if sys.platform == "linux":
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, IDLE_SECONDS)
    return listener


class Web(BaseApplication):  # type: ignore[misc]
    """gunicorn with what docs/settings.md names, and nothing from its own environment variables or files."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        super().__init__()

    def load_config(self) -> None:
        shared_memory = "/dev/shm"  # noqa: S108 - where gunicorn keeps its workers' heartbeats, off the disk
        options: dict[str, Any] = {
            "bind": [f"fd://{self.listener.fileno()}"],
            "workers": settings.WEB_WORKERS,
            "worker_class": "gthread",
            "threads": THREADS,
            "preload_app": True,
            "graceful_timeout": GRACE,
            "keepalive": 5,
            # The most that gunicorn takes: a search in Chinese takes nine bytes a character in an address.
            "limit_request_line": 8190,
            "worker_tmp_dir": shared_memory if os.access(shared_memory, os.W_OK) else None,
            "loglevel": "warning",
            "control_socket_disable": True,
            # A header Remote_User must not pass for Remote-User.
            "header_map": "drop",
            # Which proxy to believe is library.middleware's to decide, from TRUSTED_PROXIES.
            "forwarded_allow_ips": "",
            "secure_scheme_headers": {},
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIHandler:
        """The site with all its pages, loaded once before the workers fork."""
        application = get_wsgi_application()
        import_module(settings.ROOT_URLCONF)
        return application


def supervise(jobs: Mapping[str, Job]) -> int:
    """Run each job in a process of its own until one ends or a signal comes; then stop all. The exit status."""
    connections.close_all()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)
    children: list[ForkProcess] = []
    try:
        listen_to_signals()
        children.extend(start(name, job) for name, job in jobs.items())
        ended = pipes.wait([child.sentinel for child in children])
    except SystemExit:
        return 0
    finally:
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        stop_all(children)
    for child in children:
        if child.sentinel in ended:
            logger.error("The %s process ended by itself (exit status %s).", child.name, child.exitcode)
    return 1


def listen_to_signals() -> None:
    """Stop on a signal, but for those that were ignored from the start, as under nohup."""
    for number in STOP_SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, stop_now)


def stop_now(number: int, frame: FrameType | None) -> None:
    sys.exit(0)


def start(name: str, job: Job) -> ForkProcess:
    child = get_context("fork").Process(target=run_alone, args=(job,), name=name)
    child.start()
    return child


def run_alone(job: Job) -> None:
    """In the child: a process group of its own, so that Ctrl-C reaches only the parent, and the parent's fate."""
    os.setpgrp()
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)
    job()


def stop_all(children: list[ForkProcess]) -> None:
    for child in children:
        child.terminate()
    for child in children:
        child.join(PATIENCE)
        # Whatever a child left behind, or the child itself when it does not stop.
        with suppress(ProcessLookupError):
            os.killpg(child.pid or 0, signal.SIGKILL)
        child.join()
