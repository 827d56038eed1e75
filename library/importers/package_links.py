"""Links of a text to the files that came with it: named as the package names them, and noted as attachments."""

import posixpath
import re
from urllib.parse import quote, unquote

from library.importers.record import ImportFile

_TARGET = re.compile(r"(?<=\]\()(<[^<>\n]*+>|[^()\s]*+(?:\([^()\s]*+\)[^()\s]*+)*+)(?=[) ])")
_ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|#|//")


def place(file: ImportFile) -> str:
    """The file's name in its package, or its only name."""
    return file.inner or file.name


def last(name: str) -> str:
    return name.rpartition("/")[2]


def folder_of(name: str) -> str:
    return name.rpartition("/")[0]


class PackageLinks:
    """`attachments` are the files that were linked so far, in their order."""

    def __init__(self, file: ImportFile) -> None:
        self.attachments: dict[str, None] = {}
        self._package = file.package
        self._folder = folder_of(place(file))
        self._names: frozenset[str] | None = None
        self._by_last: dict[str, str] = {}

    def lead(self, markdown: str) -> str:
        """Markdown whose links to files of the package bear their full names."""
        return _TARGET.sub(lambda match: self._led(match[1]), markdown) if "](" in markdown else markdown

    def find(self, path: str) -> str:
        """The name of the file that a path means, from this one's folder, from the top, or by its last part alone."""
        names = self._all()
        for name in (posixpath.normpath(posixpath.join(self._folder, path)), posixpath.normpath(path)):
            if name in names:
                return name
        return self._by_last.get(last(path), "") if "/" not in path else ""

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

    def _all(self) -> frozenset[str]:
        if self._names is None:
            self._names = frozenset(self._package.names())
            self._by_last = {last(name): name for name in sorted(self._names, key=len, reverse=True)}
        return self._names
