"""Faults of files that people write: gathered, so that all are named at once and none twice."""

from collections.abc import Iterable
from pathlib import Path


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
