"""Writes the exported directory (docs/specs/log.md): entry 0 to the adjournment of the sitting asked for.

It is written beside its place and renamed at the end: what was interrupted does not look like an export.
"""

import base64
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit import bundle
from audit.entry import Entry
from audit.merkle import Frontier
from hall_controller.export.errors import ExportFailed
from hall_controller.export.release import Reader, Release, certificate_of
from hall_controller.founding import Founding
from hall_controller.journal import Reread, Tip, reread
from hall_controller.progress import Step
from hall_controller.store.port import LogReader

_MODES: Mapping[Reader, tuple[int, int]] = {"public": (0o755, 0o644), "auditor": (0o700, 0o600)}
"""Of directories and files. The auditor's hold who voted how: not for whoever has an account here."""


@dataclass(frozen=True, slots=True)
class Exported:
    out: Path
    head: Frontier
    checkpoint: str
    blobs: int
    withheld: int


@dataclass(frozen=True, slots=True)
class _Extent:
    """Where the export ends, and what may be read up to there."""

    head: Frontier
    release: Release
    ca: tuple[bytes, ...]


def export(
    log: LogReader,
    known: Founding,
    sitting: str | None,
    out: Path,
    reader: Reader,
    step: Step = lambda *_: None,
) -> Exported:
    """Raises ExportFailed, StoreFailed, LogBroken. `sitting`: None for all that there is.

    `out` must not exist yet, or be an empty directory.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ExportFailed(f"{out} exists already; choose another directory, nothing was overwritten")
    extent = _extent(log, known, sitting, reader, step)
    checkpoint = known.checkpoint(extent.head)
    content = _Content(log, extent, step)
    files = bundle.files(content.entries(), checkpoint, known.vkey, content.blobs(), content.certificates())
    _write(out, files, _MODES[reader])
    return Exported(out, extent.head, checkpoint, content.given, content.withheld)


def sittings(log: LogReader) -> list[str]:
    """The sittings in the log, in their order."""
    return [one.entry.sit for one in reread(log, Tip()) if one.entry.type == "SittingOpened"]


class _Content:
    """Streams over the log, one for each kind of file, so that payloads never stand in memory together."""

    def __init__(self, log: LogReader, extent: _Extent, step: Step) -> None:
        self._log, self._extent, self._step = log, extent, step
        self._members: dict[str, None] = {}
        self.given = self.withheld = 0

    def entries(self) -> list[bytes]:
        return [stored.data for stored, _ in self._log.entries(0, self._extent.head.size)]

    def blobs(self) -> Iterator[bytes]:
        for number, (one, blob) in enumerate(self._opened(), start=1):
            self._step("payloads", number)
            if self._extent.release.gives(one.entry):
                self.given += 1
                if (certificate := certificate_of(one.entry, one.body)) is not None:
                    self._members[certificate] = None
                yield blob
            else:
                self.withheld += 1

    def certificates(self) -> Iterator[bytes]:
        """The authorities', and of members whose sessions or card-signed ballots this reader gets."""
        yield from self._extent.ca
        for der in self._log.certificates(self._members).values():
            if der not in self._extent.ca:
                yield der

    def _opened(self) -> Iterator[tuple[Reread, bytes]]:
        stop = self._extent.head.size
        sealed = (blob for _, blob in self._log.entries(0, stop))
        for one, blob in zip(_up_to(self._log, stop), sealed, strict=True):
            if blob is not None:
                yield one, blob


def _extent(log: LogReader, known: Founding, sitting: str | None, reader: Reader, step: Step) -> _Extent:
    release, found, head = Release(reader), sitting is None, Frontier()
    ca: tuple[bytes, ...] = ()
    held: list[str] = []
    for one in reread(log, Tip()):
        step("entries", one.tip.size)
        release.note(one.entry, one.body)
        head = one.tip.frontier
        if one.entry.type == "LogCreated" and one.entry.d["vkey"] != known.vkey:
            raise ExportFailed(
                f"this log's key is {one.entry.d['vkey']}, not {known.vkey}: sign it with its own"
            )
        if one.entry.type == "TrustListed":
            ca = _certificates(one.entry, one.body, ca)
        elif one.entry.type == "SittingOpened":
            held.append(one.entry.sit)
            found = found or one.entry.sit == sitting
        elif one.entry.type == "SittingAdjourned" and one.entry.sit == sitting:
            break
    if not found:
        raise ExportFailed(f"no sitting {sitting} in the log; there are: {', '.join(held) or 'none yet'}")
    if not head.size:
        raise ExportFailed("the log is empty: the hall has not started yet")
    return _Extent(head, release, ca)


def _certificates(entry: Entry, body: Any, before: tuple[bytes, ...]) -> tuple[bytes, ...]:
    listed = [base64.b64decode(text) for text in body["ca"]]
    return (*before, *(der for der in listed if der not in before))


def _up_to(log: LogReader, stop: int) -> Iterator[Reread]:
    for one in reread(log, Tip()):
        if one.entry.seq >= stop:
            return
        yield one


def _write(out: Path, files: Iterable[tuple[str, bytes]], modes: tuple[int, int]) -> None:
    of_directories, of_files = modes
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    except OSError as error:
        raise ExportFailed(f"can't write to {out.parent}: {error.strerror}") from error
    try:
        for path, data in files:
            file = work / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
            file.chmod(of_files)
        for directory in (path for path in work.rglob("*") if path.is_dir()):
            directory.chmod(of_directories)
        # Nobody else reads in it before: the directory was made for its owner alone.
        work.chmod(of_directories)
        work.replace(out)
    except OSError as error:
        raise ExportFailed(f"can't write {out}: {error.strerror}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
