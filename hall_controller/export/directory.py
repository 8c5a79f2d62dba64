"""An exported directory as a mapping from path to bytes, each file read when it is asked for."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from audit import bundle
from hall_controller.export.errors import ExportFailed

_FILE_MAX = 64 * 1024 * 1024
"""Bytes. The largest honest file is an entry bundle of 15 MB; memory isn't a stranger's to fill."""


class Directory(Mapping[str, bytes]):
    """`source` of audit's verifier. Symbolic links are not followed: an export is a directory of files."""

    def __init__(self, root: Path) -> None:
        """Raises ExportFailed when this is no export."""
        if not root.exists():
            raise ExportFailed(f"{root} does not exist")
        if not root.is_dir():
            raise ExportFailed(f"{root} is not a directory: `hall verify` takes the exported directory")
        if not (root / "log").is_dir():
            raise ExportFailed(f"{root} has no log/ in it: not an exported directory")
        self._root = root
        self._paths = frozenset(_files(root))

    def __getitem__(self, path: str) -> bytes:
        if path not in self._paths:
            raise KeyError(path)
        file = self._root / path
        try:
            if file.stat().st_size > _FILE_MAX:
                raise ExportFailed(f"{file} is larger than any file of an export")
            return file.read_bytes()
        except OSError as error:
            raise ExportFailed(f"{file} can't be read: {error.strerror}") from error

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._paths))

    def __len__(self) -> int:
        return len(self._paths)

    @property
    def vkey(self) -> str | None:
        """What the directory says of itself; what to trust is the anchor's to say."""
        data = self.get(bundle.VKEY)
        return None if data is None else data.decode("utf-8", "replace").strip()


def _files(root: Path) -> Iterator[str]:
    for path in root.rglob("*"):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(root).as_posix()
