"""Whatever is imported, changed and undone in whatever order: nothing that the reader did is ever touched."""

import shutil
import tempfile
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from library import highlighting, importers, soundness
from library.content.anchors import Anchor
from library.models import Highlight, ImportRun, Kind, Link, RunState, User
from library.models.writing import note_change, set_tags, write_section
from tests.importers.link_files import import_files, link_file, tag_names, write
from tests.importers.many_records import install, write_lines

URL = "https://slow.example/ledger"
SENTENCES = ("A merchant kept three books.", "Then came the log.", "The table is only its summary.", "So ends it.")
TEXTS = st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4).map(" ".join)
TITLES = st.sampled_from(["The ledger", "The log", "The table"])
TAGS = st.sets(st.sampled_from(["sql", "logs", "ledgers"]), max_size=3)
EDITED = st.sampled_from([Kind.OVERVIEW, Kind.SUMMARY, Kind.ARTICLE, Kind.NOTE])
DAYS = st.integers(1, 28).map(lambda day: f"2025-03-{day:02}T00:00:00.000Z")


class Reading(RuleBasedStateMachine):
    """One article, two files and a file of highlights that speak of it, and a reader who works on it meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.reader = User.objects.create_user("ada")
        self.folder = Path(tempfile.mkdtemp())
        self.runs: list[ImportRun] = []
        self.forget()

    def teardown(self) -> None:
        faults = list(soundness.faults())
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)
        shutil.rmtree(self.folder)
        assert faults == []

    def forget(self) -> None:
        """What the reader did to the article."""
        self.texts: dict[str, str] = {}
        self.fields: dict[str, object] = {}
        self.on: set[str] = set()
        self.off: set[str] = set()
        self.marks: dict[int, tuple[str, str]] = {}

    @property
    def link(self) -> Link | None:
        return self.reader.links.first()

    # --- what comes in

    @rule(name=st.sampled_from(["a.md", "b.md"]), title=TITLES, tags=TAGS, overview=TEXTS, content=TEXTS, created=DAYS)
    def import_file(self, name, title, tags, overview, content, created):
        text = link_file(title, url=URL, tags=str(sorted(tags)), overview=overview, content=content, created=created)
        folder = write(self.folder / name[0], {name: text + "\n## Note (from Commonplace)\n\nOf the file.\n"})
        self.runs.append(import_files(self.reader, folder))

    @rule(quotes=st.sets(st.sampled_from(SENTENCES), min_size=1), state=st.sampled_from(["", "archived"]))
    def import_highlights(self, quotes, state):
        marks = [{"title": "x", "url": URL, "highlights": sorted(quotes), "state": state, "favourite": True}]
        self.runs.append(import_files(self.reader, write_lines(self.folder / "m" / "all.jsonl", marks)))

    @precondition(lambda self: self.runs)
    @rule(data=st.data())
    def undo_an_import(self, data):
        run = self.runs.pop(data.draw(st.integers(0, len(self.runs) - 1)))
        ImportRun.objects.filter(pk=run.pk).update(state=RunState.UNDOING, cursor=None)
        run.refresh_from_db()
        holder = importers.new_holder()
        assert run.claim(holder)
        importers.run(run, holder)
        if self.link is None:
            assert not (self.texts or self.fields or self.on or self.off or self.marks), "what was touched is gone"
            self.forget()

    # --- what the reader does

    @precondition(lambda self: self.link)
    @rule(kind=EDITED, text=TEXTS)
    def write_a_text(self, kind, text):
        written = write_section(self.link, kind, f"{text} Mine.")
        self.texts[kind] = written.text

    @precondition(lambda self: self.link)
    @rule(title=st.sampled_from(["My title", "My other title"]))
    def call_it(self, title):
        link, before = self.link, self.link.title
        link.set_title(title)
        link.save()
        note_change(link, "title", before, title)
        self.fields["title"] = title

    @precondition(lambda self: self.link)
    @rule(state=st.sampled_from(["reading", "finished"]), favourite=st.booleans(), progress=st.integers(1, 100))
    def read_on(self, state, favourite, progress):
        link = self.link
        link.set_state(state)
        link.favourite, link.progress = favourite, progress
        link.save()
        note_change(link, "state", None, {"state": state})
        self.fields |= {"state": state, "favourite": favourite, "progress": progress, "finished_at": link.finished_at}

    @precondition(lambda self: self.link)
    @rule(tags=st.sets(st.sampled_from(["sql", "logs", "ledgers", "mine"]), max_size=4))
    def tag(self, tags):
        before = tag_names(self.link)
        set_tags(self.link, tags)
        self.on = (self.on | (tags - before)) & tags
        self.off = (self.off | (before - tags)) - tags

    @precondition(lambda self: self.link)
    @rule(quote=st.sampled_from(SENTENCES), colour=st.sampled_from(["woad", "madder"]))
    def mark(self, quote, colour):
        section = self.link.sections.filter(text__contains=quote).first()
        if section is None or section.text.count(quote) != 1:
            return
        try:
            made, _ = highlighting.mark(section, Anchor(quote), colour, f"On {timezone.now():%c}")
        except highlighting.Refused:
            return
        self.marks[made.pk] = (made.colour, made.note)

    # --- what is always so

    @invariant()
    def nothing_of_the_readers_was_touched(self):
        link = self.link
        if link is None:
            return
        assert {kind: link.sections.get(kind=kind).text for kind in self.texts} == self.texts
        assert {name: getattr(link, name) for name in self.fields} == self.fields
        assert self.on <= tag_names(link)
        assert not self.off & tag_names(link)
        marks = Highlight.objects.filter(pk__in=self.marks)
        assert {mark.pk: (mark.colour, mark.note) for mark in marks} == self.marks

    @invariant()
    def there_is_one_article_and_every_record_is_accounted_for(self):
        assert self.reader.links.count() <= 1
        for run in self.runs[-1:]:
            run.refresh_from_db()
            assert run.records == run.new + run.updated + run.unchanged + run.merged + run.rejected


def prove(sequences: int, monkeypatch) -> None:
    install(monkeypatch)
    quiet = list(HealthCheck)
    run_state_machine_as_test(
        Reading,
        settings=settings(
            max_examples=sequences, stateful_step_count=14, deadline=None, suppress_health_check=quiet, database=None
        ),
    )


@pytest.mark.django_db
def test_what_the_reader_did_is_never_touched(monkeypatch):
    prove(12, monkeypatch)


@pytest.mark.proofs
@pytest.mark.django_db
def test_in_a_thousand_sequences_what_the_reader_did_is_never_touched(monkeypatch):
    prove(1_000, monkeypatch)
