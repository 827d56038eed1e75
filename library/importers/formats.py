"""The formats, by the name that `--format` takes. Each is a pure module with LABEL, recognise(file) and read(file)."""

from types import ModuleType

from library.importers import notion_links
from library.importers.record import ImportFile

FORMATS: dict[str, ModuleType] = {"notion_links": notion_links}


def format_of(file: ImportFile, named: str = "") -> ModuleType | None:
    """The first format that recognises the file, or the named one if it does."""
    candidates = [FORMATS[named]] if named else FORMATS.values()
    return next((module for module in candidates if module.recognise(file)), None)


def name_of(module: ModuleType) -> str:
    """The name under which a format stands here."""
    return next(name for name, each in FORMATS.items() if each is module)
