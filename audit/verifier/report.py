"""What a verification says: findings by severity, what it checked, and what it could not see."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from audit.entry import Entry

Severity = Literal["error", "warning", "note"]
DISCLOSED = "payload_disclosed"
"""The code of what is true, but not for this reader."""


@dataclass(frozen=True, slots=True)
class Finding:
    severity: Severity
    code: str
    """Stable, for machines and tests: `entry_missing`, `ballot_signature` …"""
    text: str
    where: str = ""
    """A file of the export, or `entry 17`."""


@dataclass(frozen=True, slots=True)
class Report:
    findings: tuple[Finding, ...]
    withheld: tuple[str, ...]
    """What this reader wasn't given, and which checks that leaves undone."""
    checked: tuple[str, ...]
    size: int
    """Entries under the checkpoint; 0 when it couldn't be read."""
    origin: str
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    """What to compare with what one already holds: the log's key, the cards' authorities, the head."""

    @property
    def sound(self) -> bool:
        """Nothing found but notes. Whose log it is, only an anchor can say: see the note `not_judged`."""
        return all(finding.severity == "note" for finding in self.findings)

    @property
    def verdict(self) -> str:
        if not self.sound:
            unsound = {finding.code for finding in self.findings if finding.severity != "note"}
            return (
                "whole, but it shows what this reader isn't given" if unsound == {DISCLOSED} else "damaged"
            )
        shown = " as far as it is shown" if self.withheld else ""
        if any(finding.code == "not_judged" for finding in self.findings):
            return f"consistent{shown}; authenticity not judged"
        return f"verified{shown}"


class Recount(Protocol):
    """The rules' part, handed in by whoever knows them: folds the log again and compares each result.

    Takes each entry with its payload's body, in order; the body is None for an entry without a payload,
    and for one withheld or damaged. Every ballot's signature, session and member have been
    judged before it is handed on; a ballot that failed is a finding already. What the log says in a wrong
    way is a Finding to yield, not an exception; LogBroken and BadEvidence are taken for one.
    """

    def __call__(self, record: Iterator[tuple[Entry, Any | None]]) -> Iterable[Finding]: ...
