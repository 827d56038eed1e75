"""A library of each test's own, made from one that is prepared once; and a count of what each test really did."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.own_library import OwnLibrary
from tests.importers.link_files import link_file

Done = Callable[..., None]
DONE = "what the faults suite did"


def cluster() -> str:
    address = os.environ.get("DATABASE_URL", "")
    return address if address.startswith("postgres") else ""


@pytest.fixture(scope="session")
def home(tmp_path_factory) -> Iterator[OwnLibrary]:
    """Where each test has a library of its own: the process that acts there has loaded the program once for all."""
    library = OwnLibrary(tmp_path_factory.mktemp("home"), cluster(), named("own"))
    yield library
    library.close()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory, home) -> Iterator[OwnLibrary]:
    """A library with one reader. Nobody opens it: others are copies of it."""
    home.become_empty()
    home.must("command", "migrate")
    home.must("make_reader")
    library = OwnLibrary(tmp_path_factory.mktemp("prepared"), cluster(), named("prepared"))
    library.become(home)
    yield library
    library.close()


def named(name: str) -> str:
    """A name that no other process of the tests has in the cluster."""
    return name + os.environ.get("PYTEST_XDIST_WORKER", "")


@pytest.fixture
def own_library(home, prepared) -> OwnLibrary:
    home.become(prepared)
    return home


@pytest.fixture
def notes(tmp_path) -> Callable[..., Path]:
    """Makes a folder of so many files to import."""

    def make(number: int, name: str = "notes", words: int = 200) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for place in range(number):
            text = link_file(f"Article {place}", url=f"https://slow.example/{place}", content="Word by word. " * words)
            (folder / f"{place:05}.md").write_text(text)
        return folder

    return make


@pytest.fixture
def done(request, record_property) -> Iterator[Done]:
    """Say what a test did, and fail it where that is nothing: `done(kills=20)`."""
    did: dict[str, float] = {}

    def say(**numbers: float) -> None:
        for name, number in numbers.items():
            did[name] = did.get(name, 0) + number

    record_property(DONE, [request.node.name, did])
    yield say
    assert did and all(did.values()), f"Nothing was proven: {did}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    told = [value for report in reports for name, value in report.user_properties if name == DONE]
    if told:
        terminalreporter.section(DONE)
    for name, did in told:
        numbers = (f"{number:g} {key.replace('_', ' ')}" for key, number in did.items())
        terminalreporter.line(f"{name}: {', '.join(numbers)}")
