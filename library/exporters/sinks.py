"""Where an export of many files goes: a zip, or a folder that was empty."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self


class Sink(Protocol):
    def add(self, name: str, data: bytes) -> None: ...

    def add_file(self, name: str, file: Path) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def sink(target: Path) -> Sink:
    return Zip(target) if target.suffix.lower() == ".zip" else Folder(target)


class Zip:
    def __init__(self, target: Path) -> None:
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED)
        self._now = time.localtime()[:6]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def add(self, name: str, data: bytes) -> None:
        info = zipfile.ZipInfo(name, self._now)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        self._zip.writestr(info, data)

    def add_file(self, name: str, file: Path) -> None:
        self._zip.write(file, name)


class Folder:
    def __init__(self, target: Path) -> None:
        self._folder = target
        target.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def add(self, name: str, data: bytes) -> None:
        file = self._folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)

    def add_file(self, name: str, file: Path) -> None:
        file.replace(self._folder / name)
