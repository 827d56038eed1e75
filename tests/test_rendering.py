"""The limited process: whatever a text does, the reader gets an answer and the next text is not harmed."""

import logging
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from library import rendering
from library.content.blocks import render_blocks, render_plain
from library.content.child import CPU_SECONDS, MEMORY
from library.models import Rendering
from library.rendering import render

TOO_MUCH = "<div>" * 100_000  # Two seconds of work for any parser.


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[rendering._Renderer]:
    renderer = rendering._Renderer()
    monkeypatch.setattr(rendering, "_renderer", renderer)
    yield renderer
    renderer.close()


def _pid(renderer: rendering._Renderer) -> int:
    assert renderer._child is not None
    return renderer._child.process.pid


def _end(pid: int) -> None:
    """Kills the child and waits until it is dead, but not until it is buried."""
    os.kill(pid, signal.SIGKILL)
    while Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
        time.sleep(0.01)


def test_a_text_is_rendered_as_it_would_be_here() -> None:
    text = "# Title\n\n- a\n- 思源 \ud800\0\n\n<script>alert(1)</script>"
    assert render(text) == render_blocks(text)
    assert render(text, "summary") == render_blocks(text, "summary")


def test_one_child_renders_many_texts(fresh: rendering._Renderer) -> None:
    render("a")
    first = _pid(fresh)
    render("b")
    assert _pid(fresh) == first


def test_a_text_that_takes_too_long_is_shown_as_it_was_written(
    fresh: rendering._Renderer, caplog: pytest.LogCaptureFixture
) -> None:
    before = os.times()
    rendered = render(f"**kept**\n\n{TOO_MUCH}")
    spent = os.times()
    assert rendered.plain and not rendered.headings
    assert rendered.blocks[0] == '<p dir="auto">**kept**</p>'
    assert spent.children_user + spent.children_system - before.children_user - before.children_system < (
        CPU_SECONDS + 1
    )
    assert "shown as it was written" in caplog.text
    assert render("**next**").blocks == ['<p dir="auto"><strong>next</strong></p>']


def test_a_text_that_no_parser_can_follow_is_shown_as_it_was_written(fresh: rendering._Renderer) -> None:
    render("a")
    first = _pid(fresh)
    assert render("<b>" * 5000 + "x").plain
    assert _pid(fresh) == first


def test_a_child_that_ended_is_replaced_before_the_next_text(
    fresh: rendering._Renderer, caplog: pytest.LogCaptureFixture
) -> None:
    render("a")
    _end(_pid(fresh))
    with caplog.at_level(logging.WARNING):
        assert not render("b").plain
    assert "The rendering process ended with -9" in caplog.text


def test_a_child_that_hangs_is_ended(fresh: rendering._Renderer, monkeypatch: pytest.MonkeyPatch) -> None:
    render("a")
    monkeypatch.setattr(rendering, "PATIENCE_SECONDS", 0.2)
    os.kill(_pid(fresh), signal.SIGSTOP)
    assert render("b").plain
    monkeypatch.undo()
    assert not fresh.render("c", "").plain


def test_without_any_child_texts_are_shown_as_they_were_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering.sys, "executable", "/nowhere/python")
    assert render("**a**").plain


def test_the_child_has_its_limits_and_nothing_of_ours(fresh: rendering._Renderer) -> None:
    with open(os.devnull) as ours:
        os.set_inheritable(ours.fileno(), True)
        render("a")
    proc = Path(f"/proc/{_pid(fresh)}")
    limits = (proc / "limits").read_text()
    assert f"Max address space         {MEMORY} " in limits
    assert sorted(path.name for path in (proc / "fd").iterdir()) == ["0", "1", "2"]
    names = {line.partition(b"=")[0] for line in (proc / "environ").read_bytes().split(b"\0") if line}
    assert names <= {b"PYTHONPATH", b"LC_CTYPE"}


def test_a_forked_process_gets_a_child_of_its_own(fresh: rendering._Renderer) -> None:
    render("a")
    first = _pid(fresh)
    reader, writer = os.pipe()
    fork = os.fork()
    if not fork:
        fresh.forget()  # What the hook does for the module's own renderer.
        blocks = render("**b**").blocks
        mine = _pid(fresh)
        fresh.close()
        os.write(writer, f"{mine} {blocks[0]}".encode())
        os._exit(0)
    os.waitpid(fork, 0)
    other, _, html = os.read(reader, 200).decode().partition(" ")
    os.close(reader)
    os.close(writer)
    assert int(other) != first and html == '<p dir="auto"><strong>b</strong></p>'
    assert not render("c").plain and _pid(fresh) == first


def test_closing_ends_the_child(fresh: rendering._Renderer) -> None:
    render("a")
    pid = _pid(fresh)
    fresh.close()
    assert not Path(f"/proc/{pid}").exists()


@pytest.mark.django_db
class TestWhatIsKept:
    def test_a_text_is_rendered_once(self, monkeypatch):
        first = rendering.rendered({"": "**a**"})
        monkeypatch.setattr(rendering, "render", lambda text, scope, files=None: pytest.fail("rendered again"))
        assert rendering.rendered({"": "**a**"}) == first

    def test_a_text_that_was_too_much_is_tried_again_after_an_hour(self, monkeypatch):
        monkeypatch.setattr(rendering, "render", lambda text, scope, files=None: render_plain(text))
        assert rendering.rendered({"": "**a**"})[""].plain
        monkeypatch.undo()
        assert rendering.rendered({"": "**a**"})[""].plain
        Rendering.objects.update(made_at=timezone.now() - rendering.PLAIN_KEPT)
        assert not rendering.rendered({"": "**a**"})[""].plain
        assert not Rendering.objects.get().plain
