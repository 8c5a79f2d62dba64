"""Faults of files that people write: gathered, so that all are named at once and none twice."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

Read = TypeVar("Read")


class BadFile(Exception):
    """A file of the hall's set-up can't be used. `faults` are full sentences, each naming its place."""

    def __init__(self, path: Path, faults: Iterable[str]) -> None:
        self.path = path
        self.faults = tuple(faults)
        super().__init__(f"{path}: " + "; ".join(self.faults))


def read_text(path: Path) -> str:
    """The file as UTF-8 text. Raises BadFile where it is missing, unreadable or not UTF-8."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(path, [f"can't be read: {error}"]) from error


class Gathering:
    """Reads several files and keeps what is wrong with each, so that all of it is said together.

    `path` is the file that names the others; theirs are said as it would say them.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._faults = path, list[str]()

    def read(self, reader: Callable[[], Read]) -> Read | None:
        """What `reader` gives; None where it raises BadFile, whose faults are kept."""
        try:
            return reader()
        except BadFile as error:
            for fault in error.faults:
                self.add(error.path, fault)
            return None

    def add(self, path: Path, fault: str) -> None:
        base = self._path.resolve().parent
        name = path.relative_to(base) if path.is_relative_to(base) else path
        self._faults.append(fault if path == self._path else f"{name}: {fault}")

    def judge(self) -> None:
        """Raises BadFile with everything that was kept."""
        if self._faults:
            raise BadFile(self._path, self._faults)
