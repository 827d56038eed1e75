"""Import files, folders and zips from this machine."""

import argparse
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error, connection
from tqdm import tqdm

from library import accounts, importers
from library.importers import ledger, restoring_run, watching
from library.importers.files import Origin
from library.importers.zips import shown
from library.management import readers
from library.management.database import require_migrated
from library.models import ImportedRecord, ImportRun, Outcome, RunState, User
from library.models.outages import outage

logger = logging.getLogger(__name__)

BROKE_OFF = "The import broke off. What came before is in the library, and the same command goes on with the rest."
SHOWN_PROBLEMS = 50
NAMED = 3


class Command(BaseCommand):
    help = "Import files, folders (with all below them) and zips."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", type=Path, help="A file, a folder or a zip.")
        parser.add_argument("--user", help="Whose library. May be left out when there is one reader.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would happen; change no article.")
        parser.add_argument("--report", type=Path, metavar="FILE.json", help="Write every outcome to this file.")
        parser.add_argument("--format", choices=sorted(importers.FORMATS), default="", help="Don't guess the format.")
        parser.add_argument(
            "--same-address",
            choices=["update", "skip"],
            default="update",
            help="What to do with an address that is in the library already.",
        )
        parser.add_argument("--watch", action="store_true", help="Then go on with what appears or changes in a folder.")
        parser.add_argument("--strict", action="store_true", help="Exit with status 1 if any file was rejected.")
        parser.add_argument("--first-user", action="store_true", help=argparse.SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        require_migrated()
        check_report(options["report"])
        reader = owner(options["user"], options["first_user"])
        if options["watch"]:
            self.watch(options, reader)
            return
        import_run = start(options, reader)
        self.run_with_bar(import_run)
        self.report(import_run, options["report"])
        if import_run.state != RunState.DONE:
            raise CommandError(import_run.error or "The import was stopped. The same command goes on with it.")
        if options["strict"] and import_run.rejected:
            raise CommandError("Some files were rejected, and --strict was given.")

    def watch(self, options: dict[str, Any], reader: User) -> None:
        """Until Ctrl-C. What was changed while nobody watched comes first."""
        folders = [path.absolute() for path in options["paths"]]
        if not all(folder.is_dir() for folder in folders):
            raise CommandError("Only folders can be watched. Name a folder.", returncode=readers.WRONG_USE)
        import_run = start(options, reader)
        self.run_with_bar(import_run)
        self.report(import_run, options["report"])
        if import_run.state == RunState.STOPPED:
            return
        self.stdout.write(f"Watching {', '.join(map(str, folders))}. Ctrl-C ends it.")
        try:
            for places in watching.settled(folders):
                self.import_changed(options, reader, places)
        except KeyboardInterrupt:
            self.stdout.write("No longer watching.")

    def import_changed(self, options: dict[str, Any], reader: User, places: list[Origin]) -> None:
        if not connection.in_atomic_block:
            connection.close()  # hours may have gone by since it was opened
        label = ", ".join(place[1] for place in places[:NAMED]) + (" and more" if len(places) > NAMED else "")
        import_run = ImportRun.objects.held(
            importers.new_holder(), owner=reader, label=label, paths=places, **choices(options)
        )
        self.run_with_bar(import_run)
        self.report(import_run, None)
        if import_run.state == RunState.STOPPED:
            raise KeyboardInterrupt

    def run_with_bar(self, import_run: ImportRun) -> None:
        whole = restoring_run.takes(import_run)
        unit, doing = (" articles", "Restoring") if whole else (" files", "Importing")
        with tqdm(unit=unit, unit_scale=False, file=self.stderr, desc=doing, leave=False) as bar:

            def progress(run: ImportRun) -> None:
                bar.total = run.total_files or None
                bar.update((run.records if whole else run.files) - bar.n)

            try:
                importers.run(import_run, import_run.lease_holder, progress)
            except KeyboardInterrupt:
                ledger.finish(import_run, RunState.STOPPED, restoring_run.STOPPED if whole else "")
            except OSError as error:
                ledger.finish(import_run, RunState.FAILED, f"The files can't be read: {error.strerror}.")
            except Exception as error:
                break_off(import_run, error)
        import_run.refresh_from_db()

    def report(self, import_run: ImportRun, file: Path | None) -> None:
        for entry in ledger.problems(import_run)[:SHOWN_PROBLEMS]:
            self.stdout.write(f"{entry.file}: {problem_of(entry)}")
        left = ledger.problems(import_run).count() - SHOWN_PROBLEMS
        if left > 0:
            self.stdout.write(f"… and {left:,} more; --report FILE.json has them all.")
        if file:
            write_report(import_run, file)
        self.stdout.write(restoring_run.sentence(import_run) or ledger.closing_sentence(import_run))


def owner(name: str | None, may_make: bool) -> User:
    """The reader named, or the only one. Raises CommandError (status 2) with what to write instead."""
    found = readers.named(name)
    if found is None and may_make:
        return accounts.first_reader()
    if found is None:
        raise readers.several("There is no reader yet")
    return found


def start(options: dict[str, Any], reader: User) -> ImportRun:
    """A new run. One that was killed on the way is put down as stopped: its files are known now, so nothing is lost."""
    paths = [path.absolute() for path in options["paths"]]
    missing = [str(path) for path in paths if not path.exists()]
    if missing:
        raise CommandError(f"There is nothing at {', '.join(missing)}.", returncode=readers.WRONG_USE)
    if any(shown(str(path)) != str(path) for path in paths):
        raise CommandError("A path to import is no UTF-8. Rename it, or name its folder.", returncode=readers.WRONG_USE)
    for run in ImportRun.objects.abandoned().filter(owner=reader, uploaded=False, on_server=False):
        ledger.finish(run, RunState.STOPPED)
    return ImportRun.objects.held(
        importers.new_holder(),
        owner=reader,
        label=", ".join(path.name for path in paths),
        paths=[str(path) for path in paths],
        **choices(options),
    )


def choices(options: dict[str, Any]) -> dict[str, Any]:
    return {name: options[name] for name in ("dry_run", "format", "same_address")}


def break_off(import_run: ImportRun, error: Exception) -> None:
    """Say why in a sentence, or in the log. Where that can't be written either, the run goes on as one that was killed.
    """
    why = outage(error)
    if not why:
        logger.error("The import broke off.", exc_info=error)
    said = f"{why} {BROKE_OFF}".strip()
    try:
        ledger.finish(import_run, RunState.FAILED, said)
    except Error as another:
        raise CommandError(said) from another


def check_report(file: Path | None) -> None:
    """Say before the import, and not after it, that its report can't be written."""
    try:
        if file:
            file.touch()
    except OSError as error:
        problem = f"The report can't be written to {file}: {error.strerror}."
        raise CommandError(problem, returncode=readers.WRONG_USE) from error


def problem_of(entry: ImportedRecord) -> str:
    sentences = [entry.message] if entry.outcome == Outcome.REJECTED else []
    return " ".join([*sentences, *entry.warnings])


def write_report(import_run: ImportRun, file: Path) -> None:
    """The run as JSON, entry by entry, so that a large one needs no memory."""
    with file.open("w", encoding="utf-8") as stream:
        totals = json.dumps({**ledger.totals(import_run), "state": import_run.state}, ensure_ascii=False)
        stream.write(f'{totals[:-1]}, "entries": [')
        write_entries(stream, import_run.entries.iterator(chunk_size=1000))
        stream.write("]}\n")


def write_entries(stream: TextIO, entries: Iterator[ImportedRecord]) -> None:
    for number, entry in enumerate(entries):
        stream.write(",\n" if number else "\n")
        row = {"file": entry.file, "outcome": entry.outcome, "link": entry.link_id, "message": entry.message}
        json.dump({**row, "warnings": entry.warnings}, stream, ensure_ascii=False)
