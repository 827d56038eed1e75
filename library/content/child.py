"""Renders texts for a parent process, within limits that nobody can talk it out of.

Run as `python -m library.content.child`; a question and its answer are JSON, each after its length in eight
bytes. The kernel ends this process when a text takes too much time; `library.rendering` then starts another.
"""

import json
import resource
import signal
from contextlib import suppress
from dataclasses import asdict
from typing import Any, BinaryIO

from library.content.blocks import render_blocks
from library.content.dress import Files

CPU_SECONDS = 2.0
MEMORY = 256 * 1024 * 1024
LENGTH_BYTES = 8


def send(stream: BinaryIO, message: object) -> None:
    body = json.dumps(message).encode()
    rest = memoryview(len(body).to_bytes(LENGTH_BYTES, "big") + body)
    while rest:
        rest = rest[stream.write(rest) :]


def receive(stream: BinaryIO) -> Any:
    """The next message; EOFError where the other side is gone."""
    length = int.from_bytes(_exactly(stream, LENGTH_BYTES), "big")
    return json.loads(_exactly(stream, length))


def _exactly(stream: BinaryIO, length: int) -> bytes:
    body = bytearray()
    while len(body) < length:
        part = stream.read(length - len(body))
        if not part:
            raise EOFError
        body += part
    return bytes(body)


def main() -> None:
    """Answers until the parent closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then closes the pipe.
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with open(0, "rb", buffering=0) as questions, open(1, "wb", buffering=0) as answers, suppress(EOFError):
        send(answers, "ready")
        while True:
            send(answers, _answer(*receive(questions)))


def _answer(text: str, scope: str, files: Files) -> dict[str, Any]:
    # The timer counts this process's own CPU time; at its end SIGPROF ends the process.
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    try:
        return asdict(render_blocks(text, scope, files))
    except Exception as problem:  # Whatever a text does to a parser, it is then shown as it was written.
        return {"problem": type(problem).__name__}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


if __name__ == "__main__":
    main()
