"""Whether a reader was given all that is meant for him, and no more: the export's own rule, asked again.

Without it nobody can tell what was rightly withheld from what was taken away whole, nor what was shown to a
reader who isn't to see it. Needs the base install only.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from audit import bundle
from audit.bundle import Source
from audit.entry import Entry
from audit.verifier import DISCLOSED, Finding
from audit.verifier.payloads import about
from hall_controller.export.release import Reader, Release
from voting.errors import Refused

Record = Iterator[tuple[Entry, Any | None]]


class Entitled:
    """Notes the entries on their way to the recount; then names each payload that should be there, and what
    should not."""

    def __init__(self, reader: Reader, source: Source) -> None:
        self._release, self._source = Release(reader), source
        self._lacking: list[Entry] = []
        self._shown: list[Entry] = []
        self._lost: Entry | None = None
        """The first entry after which it can't be told who may read what."""

    def judged(self, record: Record, recount: Callable[[Record], Iterable[Finding]]) -> Iterator[Finding]:
        noted = self._noted(record)
        yield from recount(noted)
        deque(noted, maxlen=0)  # a recount that stopped early leaves entries unread
        yield from self._missed()

    def _noted(self, record: Record) -> Record:
        for entry, body in record:
            if self._lost is None:
                self._note(entry, body)
            yield entry, body

    def _note(self, entry: Entry, body: Any | None) -> None:
        try:
            self._release.note(entry, body)
        except (Refused, LookupError, TypeError):
            # A rule book that can't be read, a vote that was never announced: findings of their own.
            self._lost = entry
            return
        if entry.blob is not None and entry.blob.cls != "public":
            there = bundle.blob_path(entry.blob.sha256) in self._source
            (self._shown if there else self._lacking).append(entry)

    def _missed(self) -> Iterator[Finding]:
        reader = self._release.reader
        if self._lost is not None:
            text = f"what a reader “{reader}” should have can't be told from here on"
            yield Finding("error", "release_not_judged", text, f"entry {self._lost.seq}")
            return
        # A public one is missed by the verifier already, whoever reads.
        for entry in self._lacking:
            if entry.blob is not None and self._gives(entry):
                text = f"a {entry.blob.cls} payload that the reader “{reader}” is given"
                yield Finding("error", "payload_missing", text, f"entry {entry.seq}")
        yield from self._disclosed()

    def _disclosed(self) -> Iterator[Finding]:
        """One finding for each class of a vote or sitting: a whole class is shown, or none of it."""
        found: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in self._shown:
            if entry.blob is not None and not self._gives(entry):
                found[entry.blob.cls, about(entry)].append(entry)
        for (cls, whose), entries in found.items():
            several = f"{len(entries)} {cls} payload{'s' if len(entries) > 1 else ''}"
            text = f"{several} of {whose}, not given to the reader “{self._release.reader}”"
            yield Finding("error", DISCLOSED, text, f"entry {entries[0].seq}")

    def _gives(self, entry: Entry) -> bool:
        try:
            return self._release.gives(entry)
        except LookupError:
            return True  # of a vote that was never announced: nothing says that it is withheld
