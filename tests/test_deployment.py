"""What a person who runs a library relies on: it starts, says where it is, and stops without a trace."""

import http.client
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest
import yaml
from django.core.management import CommandError, call_command

from library import preparing
from library.serving import listen
from tests.importers.link_files import link_file

ROOT = Path(__file__).resolve().parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
HEALTH_CHECK, COMMAND = (json.loads(found) for found in re.findall(r"^\s*CMD (\[.*\])$", DOCKERFILE, re.MULTILINE))
TOOLS = Path(sys.executable).parent
PATHS = {"PATH": os.environ["PATH"]}
PATIENCE = 30

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    """A library without readers (`data`) and the static files (`static`), made once for all."""
    folder = tmp_path_factory.mktemp("prepared")
    places = {"DATA_DIR": str(folder / "data"), "STATIC_ROOT": str(folder / "static")}
    subprocess.run([sys.executable, "manage.py", "prepare"], cwd=ROOT, env={**PATHS, **places}, check=True)
    return folder


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def start(tmp_path, prepared, port) -> Iterator[Start]:
    """Start a command of the image on a library of this test's own. Whatever is left of it is killed in the end."""
    started: list[psutil.Process] = []
    shutil.copytree(prepared / "data", tmp_path / "data")

    def run(command: list[str], **environment: str) -> subprocess.Popen[str]:
        places = {"DATA_DIR": str(tmp_path / "data"), "STATIC_ROOT": str(prepared / "static"), "PORT": str(port)}
        process = subprocess.Popen(
            [sys.executable, *command[1:]],
            cwd=ROOT,
            env={**PATHS, **places, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(psutil.Process(process.pid))
        return process

    yield run
    for process in [one for parent in started if parent.is_running() for one in family(parent.pid)]:
        process.kill()


def family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def wait_until_healthy(process: subprocess.Popen[str], port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE) as answer:
                assert answer.read() == b"ok"
                return
        except urllib.error.URLError:
            time.sleep(0.05)
    process.kill()
    pytest.fail(f"It never answered, and said: {process.communicate()[0]}")


def stop(process: subprocess.Popen[str]) -> str:
    """Ask it to stop, see that it does so in good order, and answer all it has said."""
    process.terminate()
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, said
    assert "Traceback" not in said
    return said


def gone(processes: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(processes, timeout=PATIENCE)[1]


# --- what the image and the compose file run


def test_the_image_serves_says_where_and_leaves_no_process(start, port):
    serving = start(COMMAND)
    wait_until_healthy(serving, port)
    processes = family(serving.pid)
    said = stop(serving)
    assert gone(processes)
    assert f"Address: http://127.0.0.1:{port}\n" in said
    assert re.search(rf"http://127.0.0.1:{port}/setup/\?token=\w+\n", said)


def test_who_connects_before_it_is_ready_gets_every_answer_as_soon_as_others(settings):
    settings.HOST, settings.PORT = "127.0.0.1", 0
    with listen() as listener, socket.create_connection(listener.getsockname(), PATIENCE) as early:
        early.sendall(b"G")
        connection, _ = listener.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_the_address_of_a_long_search_in_chinese_is_taken(start, port):
    serving = start(COMMAND)
    wait_until_healthy(serving, port)
    asking = http.client.HTTPConnection("127.0.0.1", port)
    asking.request("GET", f"/search/?q={quote('学' * 850)}")
    assert asking.getresponse().status == 302  # to where one logs in
    asking.close()
    stop(serving)


def test_the_health_check_of_the_image_tells_health(start, port):
    check = [sys.executable, *(part.replace(":8000", f":{port}") for part in HEALTH_CHECK[1:])]
    assert subprocess.run(check, capture_output=True).returncode == 1
    serving = start(COMMAND)
    wait_until_healthy(serving, port)
    assert subprocess.run(check).returncode == 0
    stop(serving)


def test_web_and_worker_run_apart_on_one_library(start, port):
    web = start(COMPOSE["services"]["web"]["command"])
    wait_until_healthy(web, port)
    worker = start(COMPOSE["services"]["worker"]["command"])
    assert worker.stdout.readline() == "Working. Ctrl-C stops it.\n"
    stop(worker)
    stop(web)


def test_a_worker_without_tables_says_what_makes_them(start, tmp_path):
    worker = start(COMPOSE["services"]["worker"]["command"], DATA_DIR=str(tmp_path / "new"))
    said, _ = worker.communicate(timeout=PATIENCE)
    assert (worker.returncode, "`manage.py prepare` makes it so" in said) == (2, True)


def test_the_compose_file_follows_the_specification():
    checked = subprocess.run(
        [TOOLS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", ROOT / "docker-compose.yml"],
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stdout


def test_the_containers_reach_nothing_they_need_not():
    for name in ("web", "worker"):
        service = COMPOSE["services"][name]
        assert service["read_only"] and service["cap_drop"] == ["ALL"]
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert re.search(r"^USER \d+$", DOCKERFILE, re.MULTILINE)


def test_the_image_is_built_as_hadolint_likes_it():
    checked = subprocess.run([TOOLS / "hadolint", ROOT / "Dockerfile"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


# --- when something goes wrong


def test_when_one_process_dies_the_others_stop_too(start, port):
    serving = start(COMMAND)
    wait_until_healthy(serving, port)
    processes = family(serving.pid)
    worker = next(one for one in psutil.Process(serving.pid).children() if not one.children())
    worker.kill()
    said, _ = serving.communicate(timeout=PATIENCE)
    assert serving.returncode == 1
    assert "The worker process ended by itself" in said
    assert gone(processes)


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux tells a process that its parent is gone.")
def test_a_killed_server_leaves_no_process_either(start, port):
    serving = start(COMMAND)
    wait_until_healthy(serving, port)
    processes = family(serving.pid)
    serving.kill()
    serving.communicate(timeout=PATIENCE)
    assert gone(processes)


def test_a_taken_port_is_said_plainly(start, port):
    with socket.create_server(("127.0.0.1", port)):
        serving = start(COMMAND)
        said, _ = serving.communicate(timeout=PATIENCE)
    assert (serving.returncode, len(said.splitlines())) == (1, 1)
    assert f"127.0.0.1:{port} can't be served" in said


def test_a_database_that_does_not_answer_is_said_plainly(start):
    serving = start(COMMAND, DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    said, _ = serving.communicate(timeout=PATIENCE)
    assert serving.returncode == 1
    assert "The database can't be used" in said
    assert "Traceback" not in said


def test_a_library_of_a_newer_version_is_left_alone(monkeypatch, db):
    newer = preparing.migrations_here() | {("library", "9999_later")}
    monkeypatch.setattr(preparing, "migrations_there", lambda: newer)
    with pytest.raises(CommandError, match="newer Commonplace, with 9999_later"):
        call_command("prepare")


def test_notes_that_are_not_there_stop_the_start(start):
    serving = start([*COMMAND, "--notes", "/no/such/folder"])
    said, _ = serving.communicate(timeout=PATIENCE)
    assert (serving.returncode, "There is nothing at /no/such/folder" in said) == (2, True)


def test_notes_are_imported_for_whoever_will_claim_the_library(start, port, tmp_path):
    (tmp_path / "one.md").write_text(link_file())
    serving = start([*COMMAND, "--notes", str(tmp_path / "one.md")])
    wait_until_healthy(serving, port)
    said = stop(serving)
    assert "1 article: 1 new" in said
    assert "/setup/?token=" in said


# --- what is installed


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", ["run", "dev"])
def test_every_package_is_pinned_by_hash_and_no_host_is_named(name):
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    entries = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
    assert {re.split("[= ]", entry)[0] for entry in entries} == pins(name).keys()


def test_the_tests_run_with_the_packages_that_readers_have():
    assert pins("run").items() <= pins("dev").items()


def test_an_old_python_is_refused_with_a_sentence(tmp_path):
    python = tmp_path / "python3.9"
    python.write_text('#!/bin/sh\ncase "$2" in "") exit 0;; *version_info*) exit 1;; *) echo Python 3.9.2;; esac\n')
    python.chmod(0o755)
    script = ROOT / "requirements" / "install.sh"
    installed = subprocess.run(
        ["sh", script, "run"], cwd=tmp_path, env={**PATHS, "PYTHON": str(python)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert (installed.returncode, "needs Python 3.11 or newer" in installed.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == [python]


def test_every_change_of_a_model_has_its_migration(db):
    call_command("makemigrations", check=True, dry_run=True)
