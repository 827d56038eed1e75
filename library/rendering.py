"""Renders texts in one long-lived, limited child process, so that no text can harm the one that asked.

Whatever happens to the child, an answer comes: in doubt the text as it was written, marked `plain`.
"""

import atexit
import dataclasses
import hashlib
import json
import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.db import OperationalError, transaction
from django.db.models import Q
from django.utils import timezone

from library.content.blocks import RENDERER_VERSION, Heading, Rendered, render_plain
from library.content.child import receive, send
from library.content.dress import Files
from library.models import Attachment, Kind, Rendering, Section
from library.models.attachments import SHOWN

# The child ends itself after two seconds of CPU time; this is for one that waits for ever.
PATIENCE_SECONDS = 10.0
# What was too much to render is tried again after this: it may have been the machine's bad moment.
PLAIN_KEPT = timedelta(hours=1)

_NAMES_A_FILE = re.compile(r"(?:\]\(\s*<?|(?:src|href)\s*=\s*[\"']?)(?!\w+:|[#/])")

_log = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parent.parent


class _Child:
    """A running child and the unbuffered pipes to it."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-s", "-P", "-m", "library.content.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            cwd="/",
            env={"PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, sys.path)])},
        )
        self.questions = cast(BinaryIO, self.process.stdin)
        self.answers = cast(BinaryIO, self.process.stdout)
        with self._patience():
            receive(self.answers)  # It says that it is ready.

    def ask(self, text: str, scope: str, files: Files) -> dict[str, Any]:
        with self._patience():
            send(self.questions, [text, scope, files])
            return cast(dict[str, Any], receive(self.answers))

    @contextmanager
    def _patience(self) -> Iterator[None]:
        """Ends the child when it takes too long, whatever the two of us were waiting for."""
        timer = threading.Timer(PATIENCE_SECONDS, self.process.kill)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def is_alive(self) -> bool:
        return self.process.poll() is None

    def close_pipes(self) -> None:
        self.questions.close()
        self.answers.close()

    def end(self) -> int:
        self.process.kill()
        self.close_pipes()
        return self.process.wait()


class _Renderer:
    """The child of this process, one question at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: _Child | None = None

    def render(self, text: str, scope: str, files: Files | None = None) -> Rendered:
        with self._lock:
            answer = self._ask(text, scope, files or {})
        if "problem" in answer:
            _log.warning("A text is shown as it was written: %s.", answer["problem"])
            return render_plain(text)
        return Rendered(answer["blocks"], [Heading(**heading) for heading in answer["headings"]])

    def _ask(self, text: str, scope: str, files: Files) -> dict[str, Any]:
        try:
            if self._child and not self._child.is_alive():
                self._drop(self._child)
            self._child = self._child or _Child()
            return self._child.ask(text, scope, files)
        except (OSError, EOFError) as problem:
            if self._child:
                self._drop(self._child)
            return {"problem": f"rendering it took too much ({type(problem).__name__})"}

    def _drop(self, child: _Child) -> None:
        self._child = None
        _log.warning("The rendering process ended with %s; the next text starts another.", child.end())

    def close(self) -> None:
        if self._child:
            self._child.end()
            self._child = None

    def forget(self) -> None:
        """After a fork: the child belongs to the parent, and so does whatever held the lock."""
        if self._child:
            self._child.close_pipes()
        self.__init__()  # type: ignore[misc]


_renderer = _Renderer()
atexit.register(_renderer.close)
os.register_at_fork(after_in_child=_renderer.forget)


def render(text: str, scope: str = "", files: Files | None = None) -> Rendered:
    """Markdown as blocks of safe HTML, within two seconds of CPU time and 256 MB; else as it was written.

    Where one page shows several texts, each needs a `scope` of its own, so that their ids differ.
    """
    return _renderer.render(text, scope, files)


def rendered_sections(sections: Iterable[Section]) -> dict[int, Rendered]:
    """What sections of one link say, by their ids, with the files that came with it."""
    by_scope = {scope_of(section): section for section in sections}
    if not by_scope:
        return {}
    files = _files_beside(list(by_scope.values()))
    texts = rendered({scope: section.text for scope, section in by_scope.items()}, files)
    return {section.pk: texts[scope] for scope, section in by_scope.items()}


def _files_beside(sections: Sequence[Section]) -> Files:
    """The files that came with the link, if its texts name any: most don't, and need not be asked."""
    if not any(_NAMES_A_FILE.search(section.text) for section in sections):
        return {}
    found = Attachment.objects.filter(link_id=sections[0].link_id)
    return {each.reference: (each.get_absolute_url(), each.media_type in SHOWN) for each in found}


def rendered(texts: Mapping[str, str], files: Files | None = None) -> dict[str, Rendered]:
    """The texts by their scopes, from what is kept where it is kept already (one query); the others are kept now."""
    keys = {scope: rendering_key(text, scope, files) for scope, text in texts.items()}
    fresh = Q(plain=False) | Q(made_at__gte=timezone.now() - PLAIN_KEPT)
    kept = {row.key: row for row in Rendering.objects.filter(fresh, pk__in=keys.values())}
    found = {scope: _from_row(kept[key]) for scope, key in keys.items() if key in kept}
    made = {scope: render(texts[scope], scope, files) for scope in texts if scope not in found}
    _keep({keys[scope]: answer for scope, answer in made.items()})
    return {scope: found.get(scope) or made[scope] for scope in texts}


def scope_of(section: Section) -> str:
    """The scope of a section on the page of its link."""
    return "" if section.kind == Kind.ARTICLE else f"s{section.pk}"


def rendering_key(text: str, scope: str, files: Files | None = None) -> str:
    """By what a rendering is found again. It names the text itself, so nothing ever has to be thrown away in time."""
    beside = f"\0{json.dumps(sorted(files.items()))}" if files else ""
    return hashlib.sha256(f"{RENDERER_VERSION}\0{scope}\0{text}{beside}".encode(errors="surrogatepass")).hexdigest()


def _from_row(row: Rendering) -> Rendered:
    return Rendered(row.blocks, [Heading(**heading) for heading in row.headings], row.plain)


def _keep(made: Mapping[str, Rendered]) -> None:
    """For the next time. A page is shown also when the database takes nothing just now."""
    rows = [
        Rendering(
            key=key,
            blocks=answer.blocks,
            headings=[dataclasses.asdict(heading) for heading in answer.headings],
            plain=answer.plain,
        )
        for key, answer in made.items()
    ]
    changed = ["blocks", "headings", "plain", "made_at"]
    if not rows:
        return
    try:
        with transaction.atomic():
            Rendering.objects.bulk_create(rows, update_conflicts=True, unique_fields=["key"], update_fields=changed)
    except OperationalError as problem:
        _log.warning("Renderings could not be kept: %s.", problem)
