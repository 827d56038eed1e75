"""Links of a text to the files that came with it: named as the package names them, and noted as attachments."""

import posixpath
import re
from functools import lru_cache
from urllib.parse import quote, unquote

from library.importers.record import ImportFile, Package

_TARGET = re.compile(r"(?<=\]\()(<[^<>\n]*+>|[^()\s]*+(?:\([^()\s]*+\)[^()\s]*+)*+)(?=[) ])")
_ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|#|//")


def place(file: ImportFile) -> str:
    """The file's name in its package, or its only name."""
    return file.inner or file.name


def last(name: str) -> str:
    return name.rpartition("/")[2]


def folder_of(name: str) -> str:
    return name.rpartition("/")[0]


@lru_cache(maxsize=4)
def names_of(package: Package) -> frozenset[str]:
    """Kept from file to file, since a package may have a hundred thousand."""
    return frozenset(package.names())


@lru_cache(maxsize=4)
def files_by_folder(package: Package) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in package.names():
        found.setdefault(folder_of(name), []).append(name)
    return found


@lru_cache(maxsize=4)
def _by_last(package: Package) -> dict[str, str]:
    """The highest file of each last part of a name, as a notebook finds what is named without its folder."""
    return {last(name): name for name in sorted(package.names(), key=len, reverse=True)}


class PackageLinks:
    """`attachments` are the files that were linked so far, in their order."""

    def __init__(self, file: ImportFile) -> None:
        self.attachments: dict[str, None] = {}
        self._package = file.package
        self._folder = folder_of(place(file))

    def lead(self, markdown: str) -> str:
        """Markdown whose links to files of the package bear their full names."""
        return _TARGET.sub(lambda match: self._led(match[1]), markdown) if "](" in markdown else markdown

    def find(self, path: str) -> str:
        """The name of the file that a path means, from this one's folder, from the top, or by its last part alone."""
        for name in (posixpath.normpath(posixpath.join(self._folder, path)), posixpath.normpath(path)):
            if name in names_of(self._package):
                return name
        return _by_last(self._package).get(path, "")

    def attach(self, path: str) -> str:
        """The address for a link to a file of the package; blank where there is none."""
        name = self.find(path)
        if not name:
            return ""
        self.attachments[name] = None
        return quote(name)

    def page(self, path: str) -> str:
        """Where a link to another page of the package leads; blank for what is none. A format's own matter."""
        return ""

    def _led(self, written: str) -> str:
        target = written.strip("<>")
        if not target or _ELSEWHERE.match(target):
            return written
        path = unquote(target.partition("#")[0])
        return self.page(path) or self.attach(path) or written
