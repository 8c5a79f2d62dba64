"""Files that must not be lost: replaced whole, or only ever added to. A power cut leaves old or new."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PRIVATE, PUBLIC = 0o600, 0o644


def replace_file(path: Path, data: bytes, mode: int = PUBLIC) -> None:
    """Writes beside and renames: a reader finds the old file or the new one, never half of one."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """A new name is on disk only when its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Lines:
    """A file that lines are added to, each on disk before `append` returns.

    What a crash left half written was never promised to anybody: it is set aside, not thrown away.
    """

    def __init__(self, path: Path, mode: int = PUBLIC, *, mend: bool = True) -> None:
        """`mend`: only for whoever is `alone`; a line that another is just writing looks torn."""
        self.path = path
        if mend and not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, mode))
            sync_folder(path.parent)
        if mend:
            self._set_torn_end_aside()

    def read(self) -> list[bytes]:
        """Every whole line, without its end."""
        return self.path.read_bytes().split(b"\n")[:-1]

    def append(self, line: bytes) -> None:
        """Raises OSError, and then nothing was added."""
        if b"\n" in line:
            raise ValueError("a line has one end")
        before = self.path.stat().st_size
        try:
            with self.path.open("ab") as file:
                file.write(line + b"\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            os.truncate(self.path, before)
            raise

    def _set_torn_end_aside(self) -> None:
        data = self.path.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole == len(data):
            return
        mode = self.path.stat().st_mode & 0o777
        replace_file(self.path.with_name(f"{self.path.name}.torn-{whole}"), data[whole:], mode)
        replace_file(self.path, data[:whole], mode)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One program at a time in this folder. Raises BlockingIOError while another is in it."""
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
