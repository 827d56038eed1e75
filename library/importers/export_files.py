"""The files that a complete export carries.

Nothing is taken for its own that it does not carry itself: whoever can name the SHA-256 of another reader's file does
not get its bytes by that.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from collections.abc import Iterator

from library.content import link_file
from library.importers import export_rows, own_exports
from library.importers.export_rows import CantRestore, Row
from library.importers.own_exports import OwnExport
from library.importers.zips import Unreadable
from library.models import Original
from library.models.sources import COMPRESSION

MOST_BYTES = 64 * 1024 * 1024
"""So much all link files of one article can have."""
NO_FILE = (
    "The file “{name}” of the export can't be read: {reason} Nothing was restored. Put it back as it was, or export "
    "the library again."
)
NOT_ALONG = "The bytes of the file “{name}” did not come along. Nothing was restored. Export the library again."
OTHER_BYTES = "It is not what it was when it was exported."
TWICE = "The export names the file “{name}” twice. Nothing was restored. Export the library again."
TOO_MUCH = "The files of one article have more than {most} MB. Nothing was restored."
NO_NAMES = "The export has an article whose files are no list of names. Nothing was restored."
NO_BASE64 = "The file is damaged: an original file in it is no base64. Nothing was restored. Export the library again."


class Carried:
    """Those of one export, and which of them are kept by now."""

    def __init__(self, archive: OwnExport) -> None:
        self._archive = archive
        self._places = own_exports.originals_in(archive)
        self._kept: set[str] = set()
        self._read_once: set[str] = set()

    def add(self, row: Row) -> None:
        """An original file that stands in the document itself."""
        try:
            data = base64.b64decode(row.get("data") or "", validate=True)
        except (binascii.Error, TypeError, ValueError) as error:
            raise CantRestore(NO_BASE64) from error
        self._keep(hashlib.sha256(data).hexdigest(), data)

    def put_in(self, article: Row) -> int:
        """Give the article the texts that stand in its link files, and keep what it comes from. Returns their bytes."""
        size = 0
        for number, name in enumerate(self._names(article)):
            data = self._read(name)
            size += len(data)
            if size > MOST_BYTES:
                raise CantRestore(TOO_MUCH.format(most=MOST_BYTES // 1024**2))
            self._take(article, number, data)
            export_rows.put_in_texts(article, number, link_file.read(data))
        export_rows.check_texts(article)
        for row in (*export_rows.referring(article), *export_rows.former(article)):
            self._find(row)
        return size

    def _names(self, article: Row) -> Iterator[str]:
        names = article.get("files") or []
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise CantRestore(NO_NAMES)
        for name in names:
            if name in self._read_once:
                raise CantRestore(TWICE.format(name=name))
            self._read_once.add(name)
            yield name

    def _take(self, article: Row, number: int, data: bytes) -> None:
        """A link file that somebody changed since stands in the place of the original that it was."""
        sha256 = hashlib.sha256(data).hexdigest()
        export_rows.put_in_original(article, number, sha256, self._is_along)
        if sha256 in export_rows.hashes_of(article):
            self._keep(sha256, data)

    def _is_along(self, sha256: str) -> bool:
        return sha256 in self._kept or sha256 in self._places

    def _find(self, row: Row) -> None:
        """The bytes to which a row refers. One without any is left out later, and counted."""
        sha256 = row.get("original")
        if not isinstance(sha256, str) or sha256 in self._kept:
            return
        if sha256 not in self._places:
            raise CantRestore(NOT_ALONG.format(name=row.get("name") or row.get("key") or sha256))
        data = self._read(self._places[sha256])
        if hashlib.sha256(data).hexdigest() != sha256:
            raise CantRestore(NO_FILE.format(name=self._places[sha256], reason=OTHER_BYTES))
        self._keep(sha256, data)

    def _read(self, name: str) -> bytes:
        try:
            return self._archive.read(name)
        except Unreadable as problem:
            raise CantRestore(NO_FILE.format(name=name, reason=problem)) from problem

    def _keep(self, sha256: str, data: bytes) -> None:
        if sha256 not in self._kept:
            Original.objects.keep([(sha256, len(data), zlib.compress(data, COMPRESSION))])
            self._kept.add(sha256)
