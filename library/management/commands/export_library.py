"""Export articles to a file or a folder on this machine."""

import os
import shutil
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from library import exporters
from library.exporters import Chosen
from library.management import readers
from library.management.database import require_migrated
from library.models import User


class Command(BaseCommand):
    help = "Export a whole library, a shelf of it, or what a search finds."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dest", metavar="DEST", type=Path, help="A new file; for Markdown a new folder, or a zip.")
        parser.add_argument("--user", metavar="NAME", help="Whose library. May be left out when there is one reader.")
        parser.add_argument("--format", choices=list(exporters.FORMATS), default="markdown", help="What to write.")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--query", metavar="TEXT", help="Only what this search finds.")
        which.add_argument("--article", metavar="ID", type=int, help="Only the article of this number.")
        which.add_argument("--shelf", metavar="NAME", help="Only what is on this shelf.")

    def handle(self, *args: Any, **options: Any) -> None:
        require_migrated()
        reader = readers.named(options["user"])
        if reader is None:
            raise readers.several("There is no reader yet")
        chosen, dest = choose(reader, options), options["dest"].absolute()
        check(dest, options["format"])
        number = exporters.count(chosen, options["format"])
        with tqdm(total=number, unit=" articles", file=self.stderr, desc="Exporting", leave=False) as bar:
            write(chosen, options["format"], dest, bar.update)
        self.stdout.write(f"Exported: {number:,} {'article' if number == 1 else 'articles'} to {dest}")


def choose(reader: User, options: dict[str, Any]) -> Chosen:
    if options["query"] is not None:
        return Chosen.by_query(reader, options["query"])
    if options["article"] is not None:
        article = reader.links.filter(pk=options["article"]).first()
        if article is None:
            raise CommandError(f"There is no article {options['article']}.", returncode=readers.WRONG_USE)
        return Chosen(reader, [article.pk], article.display_title)
    if options["shelf"] is None:
        return Chosen(reader)
    shelf = reader.shelves.named(options["shelf"]).first()
    if shelf is None:
        raise CommandError(f'There is no shelf "{options["shelf"]}".', returncode=readers.WRONG_USE)
    return Chosen.by_query(reader, shelf.query, shelf.name)


def check(dest: Path, name: str) -> None:
    """Nothing that is there is ever written over, and what is called a zip is one."""
    if dest.suffix.lower() == ".zip" and name != "markdown":
        other = dest.with_suffix(exporters.FORMATS[name].SUFFIX).name
        problem = (
            f"{dest.name} would be no zip: this format is one file. Nothing was written; name it {other}, "
            "or leave --format away for a zip of Markdown."
        )
        raise CommandError(problem, returncode=readers.WRONG_USE)
    empty_folder = name == "markdown" and dest.is_dir() and not any(dest.iterdir())
    if dest.exists() and not empty_folder:
        problem = f"{dest} is there already. Nothing was written; choose another name."
        raise CommandError(problem, returncode=readers.WRONG_USE)
    if not dest.parent.is_dir():
        raise CommandError(f"There is no folder {dest.parent}. Nothing was written.", returncode=readers.WRONG_USE)


def write(chosen: Chosen, name: str, dest: Path, progress: exporters.Progress) -> None:
    """Under another name first, so that what has its name is whole."""
    draft = dest.with_name(f".{dest.stem}.{os.getpid()}.part{dest.suffix}")
    try:
        exporters.write(chosen, name, draft, progress)
        if dest.is_dir():
            dest.rmdir()
        draft.rename(dest)
    except exporters.Refused as problem:
        raise CommandError(str(problem)) from problem
    except OSError as error:
        raise CommandError(f"It can't be written to {dest}: {error.strerror}. The library is as it was.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True) if draft.is_dir() else draft.unlink(missing_ok=True)
