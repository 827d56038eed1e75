"""No form or question reaches what another reader has: their ids and names are worth as much as those nobody has."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from django.apps import apps
from django.core.cache import caches
from django.db import connection, models

from library import views
from tests.views.doors import again
from tests.walls.shown_forms import Form, forms_of, tried
from tests.walls.table import PAGES, everything, library_of, own_address, run_by, told

pytestmark = pytest.mark.django_db
ASKS = {"GET", "query"}
SECRET = "secretwords"  # of letters alone: it is its own slug, and reads the same in an address
STEP = 1_000_000
MADE_NOW = re.compile(
    r'(?:datetime|data-options|id="secret" value)="[^"]*"|\d{13,}|\d+\W\w+ ago'
    r'|<div class="qr".*?</div>|<code>[A-Z2-7 ]+</code>',
    re.DOTALL,
)


@pytest.fixture
def set_apart(own, other_reader) -> Iterator[None]:
    """From here on no two things have one id, whatever they are: so an id names one thing or nothing.

    PostgreSQL's sequences are no part of the transaction that takes everything else back.
    """
    numbered = [model for model in apps.get_models() if isinstance(model._meta.pk, models.AutoField)]
    before: dict[str, int] = {}
    with connection.cursor() as cursor:
        for place, model in enumerate(numbered, start=1):
            table, column, first = model._meta.db_table, model._meta.pk.column, place * STEP
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, first])
            else:
                cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, column])
                name = cursor.fetchone()[0]
                cursor.execute(f"SELECT last_value FROM {name}")
                before[name] = cursor.fetchone()[0]
                cursor.execute("SELECT setval(%s, %s)", [name, first])
    yield
    with connection.cursor() as cursor:
        for name, last in before.items():
            cursor.execute("SELECT setval(%s, %s)", [name, last])


@pytest.fixture
def own(reading, reader) -> dict[str, dict[str, object]]:
    again(reading)
    return library_of(reader, "words")


@pytest.fixture
def theirs(set_apart, other_reader) -> list[str]:
    """An id of each kind of thing that the other reader has, and all other words that lead to one."""
    library = library_of(other_reader, SECRET)
    ids = {str(rows[-1][0]) for rows in everything().values() if rows}
    words = {str(value) for values in library.values() for value in values.values()}
    return sorted(word for word in ids | words if len(str(STEP)) <= len(word) <= 40)


def asked_for() -> set[str]:
    """Every name that a view looks for in an address, read from the source of the views."""
    calls = [
        call
        for file in Path(views.__file__).parent.glob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in {"get", "getlist"}
    ]
    named = [call for call in calls if call.args and isinstance(call.args[0], ast.Constant)]
    return {str(call.args[0].value) for call in named if ast.unparse(call.func.value).split(".")[-1] in ASKS}


def answered(answer, *values: str) -> str:
    """What is told, without the value that was sent, the moment it was, and the secrets and riddles made just then."""
    text = told(answer) if not answer.streaming else f"{answer.status_code} {answer.getvalue()!r}"
    for value in values:
        text = text.replace(value, "…")
    return MADE_NOW.sub("", text)


def of_others() -> dict[str, list[tuple[object, ...]]]:
    """Every row of the other reader: their ids lie above those of all that was there before."""
    return {
        label: [row for row in rows if SECRET in str(row) or str(row[0]).isdigit() and int(row[0]) > STEP]
        for label, rows in everything().items()
    }


def lost(before: dict[str, list[tuple[object, ...]]], tables: set[str]) -> list[tuple[object, ...]]:
    """Which of those rows are gone or say something else; what a form of this reader's made is not among them."""
    now = everything(tables)
    return [row for label in now.keys() & before.keys() for row in before[label] if row not in now[label]]


def nobodys(word: str) -> str:
    """What looks like it and leads to nothing; the last figure stays, for fields that go by fives."""
    return "9" * (len(word) - 1) + word[-1] if word.isdigit() else "f" * len(word)


class Answers:
    """What is told of nothing, asked once."""

    def __init__(self, ask: Callable[[str], str]) -> None:
        self._question, self._known = ask, dict[str, str]()

    def _ask(self, word: str) -> str:
        caches["default"].clear()  # of how often somebody tried
        return self._question(word)

    def differ(self, word: str) -> bool:
        """Whether the word of another reader is answered otherwise than one that nobody has."""
        nothing = nobodys(word)
        if nothing not in self._known:
            self._known[nothing] = self._ask(nothing)
        if self._ask(word) == self._known[nothing]:
            return False
        # A page that tells the time is asked about nothing once more, a moment before and a moment after.
        before, told, after = self._ask(nothing), self._ask(word), self._ask(nothing)
        return told not in (before, after)


def test_the_views_do_ask_for_something():
    assert {"after", "article", "into", "link", "q", "section", "tag", "to"} <= asked_for()


@pytest.mark.proofs
def test_no_question_reaches_what_another_reader_has(reading, theirs, own):
    names = sorted(asked_for())
    for path in [own_address(route, own) for route in PAGES]:
        if reading.get(path).status_code == 405:
            continue
        answers = Answers(lambda word, path=path: answered(reading.get(path, dict.fromkeys(names, word)), word))
        assert [(path, word) for word in theirs if answers.differ(word)] == []


def groups(form: Form, apart: bool) -> list[list[str]]:
    """The fields that get a word together: those that hold a number, then the others; or each by itself."""
    fields = sorted(form.fields.keys() - {"act"})
    numbers = [field for field in fields if is_number(form, field)]
    together = [numbers, [field for field in fields if field not in numbers]]
    return [[field] for field in fields] if apart else list(filter(None, together))


@pytest.mark.parametrize("apart", [False, pytest.param(True, marks=pytest.mark.proofs)], ids=["together", "apart"])
def test_no_form_reaches_what_another_reader_has(reading, theirs, own, apart):
    before = of_others()
    for form in forms_of(reading, own):
        for fields in groups(form, apart):
            words = [word for word in theirs if word.isdigit() == is_number(form, fields[0])]

            def ask(word: str, form: Form = form, fields: list[str] = fields) -> str:
                kept = partial(lost, before)
                answer, changed = tried(reading, form, dict.fromkeys(fields, [word]), kept=kept)
                assert not changed, (form.action, fields, word)
                return answered(answer, word)

            answers = Answers(ask)
            assert [(form.action, fields, word) for word in words if answers.differ(word)] == []


# What they may change of another reader: whether one may log in, may run the server, is invited or goes.
RUN = {"library.User", "library.Invitation"}


def test_nor_does_a_form_of_those_who_run_the_server_but_for_who_may_log_in(reading, reader, theirs, own):
    run_by(reader, own, "somebody")
    before = {label: rows for label, rows in of_others().items() if label not in RUN}
    forms = [form for form in forms_of(reading, own) if form.route.startswith(("settings/readers/", "import/folder/"))]
    assert len(forms) > 3
    for form in forms:
        for fields in groups(form, apart=False):
            for word in [word for word in theirs if word.isdigit() == is_number(form, fields[0])]:
                _, changed = tried(reading, form, dict.fromkeys(fields, [word]), kept=partial(lost, before))
                assert not changed, (form.action, fields, word)


def is_number(form: Form, field: str) -> bool:
    return all(value.isdigit() for value in form.fields[field])
