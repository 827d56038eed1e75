"""What the documentation says there is, is there, and the other way round."""

import re
import tomllib
from pathlib import Path

import pytest
from django.core.management import find_commands, load_command_class
from django.core.management.base import BaseCommand

import library
from library.importers.formats import FORMATS

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
COMMANDS = find_commands(str(ROOT / "library" / "management"))
OWN = {action.dest for action in BaseCommand().create_parser("manage.py", "any")._actions}


def sections(page: str) -> dict[str, str]:
    """The text under each `## `name`` of a page of docs/."""
    parts = re.split(r"^## `(\w+)`$", (ROOT / "docs" / page).read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_command_is_documented_and_no_other():
    assert sections("commands.md").keys() == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_a_command_is_documented_and_no_other(name):
    actions = load_command_class("library", name).create_parser("manage.py", name)._actions
    shown = [action for action in actions if action.dest not in OWN and action.help != "==SUPPRESS=="]
    options = {option for action in shown for option in action.option_strings}
    items = re.findall(r"^\* `(--[a-z-]+)", sections("commands.md")[name], re.MULTILINE)
    assert set(items) == options


def test_every_format_is_documented_and_no_other():
    assert sections("formats.md").keys() == FORMATS.keys()


def test_what_every_package_is_for_is_documented_and_of_no_other():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    used = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    used_names = {re.match(r"[a-z0-9-]+", each)[0] for each in used}
    tables = (ROOT / "docs/dependencies.md").read_text().partition("## Older")[0]
    rows = re.findall(r"^\| (`.*`) \|", tables, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`([a-z0-9-]+)`", row)} == used_names


def test_every_room_is_on_the_plan_and_no_other():
    folder = Path(library.__file__).parent
    rooms = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    on_the_plan = set(re.findall(r"^\| `library/(\w+)` \|", (ROOT / "docs/architecture.md").read_text(), re.MULTILINE))
    assert on_the_plan == rooms - {"__init__"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_make_targets_that_pages_name_exist(page):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", page.read_text())) <= targets
