"""The formats, by the name that `--format` takes.

Each is a module with LABEL, ABOUT, SUFFIX, MEDIA_TYPE, WITH_BIN (whether articles in the Bin go out too) and
write(chosen, target, progress).
"""

from types import ModuleType

from library.exporters import csv_table, epub, highlights, html_bookmarks, json_file, markdown

FORMATS: dict[str, ModuleType] = {
    "markdown": markdown,
    "json": json_file,
    "html": html_bookmarks,
    "csv": csv_table,
    "highlights": highlights,
    "epub": epub,
}
