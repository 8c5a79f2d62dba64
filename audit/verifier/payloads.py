"""The sealed payloads: each is the one that its entry names, or it was withheld, and that is said."""

from collections import Counter, defaultdict
from collections.abc import Generator, Iterator
from typing import Any

from audit import bundle, canonical, catalogue, entry
from audit.bundle import Source
from audit.entry import Entry
from audit.errors import BadBlob, BadEntry
from audit.verifier.report import Finding

_LEAVES = {
    "ballot": "signatures, certificates, eligibility, one ballot a member and the count",
    "session": "cards and their certificates, and that each ballot's key was delegated by one",
    "signout": "that no ballot was taken after its session ended",
    "participation": "the list of who took part against the ballots",
    "account": "what the seat units showed and did, against the ballots",
    "result": "hand counts, a casting vote, and the result as computed against the result as declared",
    "declared": "the result as declared, its signature and its arithmetic",
    "incident": "nothing: where incidents were noted, and whose name was used",
}
"""Class → the checks that its absence leaves undone."""
_TOGETHER = {
    "ballot": "ballots and their list", "participation": "ballots and their list",
    "account": "ballots and their list",
    "session": "sign-ins and sign-outs", "signout": "sign-ins and sign-outs",
    "result": "figures", "declared": "figures", "incident": "incidents",
}  # fmt: skip
"""Class → what is released whole with it, of one vote or of one sitting (docs/specs/log.md)."""
_FEW = 5
"""Entries named in one finding: beyond that the reader is told how many."""


class Payloads:
    """Opens payloads as they are met, and remembers what it met."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._met: dict[str, int] = {}
        self._withheld: Counter[tuple[str, str]] = Counter()
        self._shown: Counter[tuple[str, str]] = Counter()
        self._lacking: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
        """By what is released together, and of which vote or sitting."""
        self.opened = 0

    def open(self, found: Entry) -> Generator[Finding, None, Any]:
        """Yields what is wrong; returns the body, or None where there is none to judge."""
        ref = found.blob
        if ref is None:
            return None
        self._met[ref.sha256] = found.seq
        data = self._source.get(bundle.blob_path(ref.sha256))
        if data is None:
            yield from self._absent(found)
            return None
        if ref.cls in _TOGETHER:
            self._shown[_TOGETHER[ref.cls], about(found)] += 1
        try:
            body = entry.open_blob(data, ref)
            catalogue.check_body(found, body)
        except (BadBlob, BadEntry) as error:
            yield from self._broken(found, data, error)
            return None
        self.opened += 1
        return body

    def _absent(self, found: Entry) -> Iterator[Finding]:
        assert found.blob is not None
        cls = found.blob.cls
        if cls == "public":
            path = bundle.blob_path(found.blob.sha256)
            yield Finding("error", "payload_missing", f"entry {found.seq}'s is for everybody to read", path)
            return
        self._withheld[(cls, about(found))] += 1
        self._lacking[_TOGETHER[cls], about(found)].append(found)

    def _broken(self, found: Entry, data: bytes, error: Exception) -> Iterator[Finding]:
        assert found.blob is not None
        path = bundle.blob_path(found.blob.sha256)
        other = canonical.sha256_hex(data)
        if other == found.blob.sha256:
            yield Finding("error", "payload_malformed", f"entry {found.seq}: {error}", path)
        elif bundle.blob_path(other) in self._source:
            text = f"entry {found.seq}'s payload was exchanged for {other}"
            yield Finding("error", "payload_swapped", text, path)
        else:
            yield Finding("error", "payload_damaged", f"entry {found.seq}: {error}", path)

    def torn(self) -> Iterator[Finding]:
        """What is released whole or not at all, and is there in part: somebody took the rest away."""
        for (what, whose), lacking in self._lacking.items():
            if shown := self._shown[what, whose]:
                named = ", ".join(str(entry.seq) for entry in lacking[:_FEW])
                more = f" and {len(lacking) - _FEW} more" if len(lacking) > _FEW else ""
                text = f"{what} of {whose} are given whole or not: {shown} are here, not of entry {named}"
                yield Finding("error", "payload_partly_missing", text + more, f"entry {lacking[0].seq}")

    def strays(self) -> Iterator[Finding]:
        """Files that no entry names: harmless, but nobody should think that they are evidence."""
        for path in self._source:
            if path.startswith(bundle.BLOBS) and path.removeprefix(bundle.BLOBS) not in self._met:
                yield Finding("warning", "payload_stray", "no entry names this payload", path)

    def withheld(self) -> tuple[str, ...]:
        return tuple(
            f"{times} {cls} payload{'s' if times > 1 else ''} of {whose}: not checked: {_LEAVES[cls]}"
            for (cls, whose), times in sorted(self._withheld.items())
        )


def about(found: Entry) -> str:
    """The vote or the sitting that a payload is part of."""
    return str(found.d.get("vote") or found.sit)
