"""cards.csv: which card is whose, as a state's authority tells the chamber, or as our register does.

card,member,kind,since,until: the SHA-256 of the certificate (64 hex digits), the holder's id, `member`,
`provisional` or `officer`, the first day, and the first day no longer.
"""

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from hashlib import sha256
from pathlib import Path

from hall_controller import csv_table
from hall_controller.csv_table import Faults, Row
from hall_controller.pki.profiles import ON_CARDS, Kind
from hall_controller.pki.register import Issued, Listed

COLUMNS = ("card", "member", "kind", "since", "until")
_CARD = re.compile(r"[0-9a-f]{64}")
_KINDS = ", ".join(sorted(ON_CARDS))


def load(path: Path, members: Set[str]) -> tuple[Listed, ...]:
    """`members`: everybody on the roster. Raises BadFile with every fault."""
    faults = Faults(path)
    reading = _Reading(members, faults)
    for row in csv_table.read(path, COLUMNS, faults):
        reading.take(row)
    faults.judge()
    return tuple(reading.found.values())


def write(cards: Iterable[Listed]) -> bytes:
    """What `load` reads as these cards."""
    return csv_table.write(
        COLUMNS, ((one.fingerprint, one.holder, one.kind, one.since, one.until) for one in cards)
    )


def listed(issued: Issued) -> Listed:
    """A certificate of our own, as the list tells it; where it was revoked, until that day."""
    end = issued.revoked or issued.not_after + timedelta(days=1)
    since, until = (f"{at.astimezone(UTC):%Y-%m-%d}" for at in (issued.not_before, end))
    return Listed(sha256(issued.der).hexdigest(), issued.holder, issued.kind, since, until)


@dataclass(slots=True)
class _Reading:
    members: Set[str]
    faults: Faults
    lines: dict[str, int] = field(default_factory=dict)
    found: dict[str, Listed] = field(default_factory=dict)

    def take(self, row: Row) -> None:
        before = len(self.faults.said)
        if csv_table.needed(row, COLUMNS, self.faults):
            self._check(row)
        if len(self.faults.said) == before:
            self.lines[row["card"]] = row.line
            self.found[row["card"]] = Listed(*(row[column] for column in COLUMNS))

    def _check(self, row: Row) -> None:
        card, member, kind = row["card"], row["member"], row["kind"]
        if not _CARD.fullmatch(card):
            vi, en = "không phải SHA-256 (64 chữ số hex thường)", "no SHA-256 (64 hex digits, lower case)"
            self.faults.add(row.line, "card", vi, en)
        elif card in self.lines:
            csv_table.twice(row, "card", self.lines[card], self.faults)
        if kind not in ON_CARDS:
            self.faults.add(row.line, "kind", f"phải là một trong {_KINDS}", f"must be one of {_KINDS}")
        elif kind != Kind.OFFICER and member not in self.members:
            vi, en = f"không có đại biểu {member}", f"there is no member {member}"
            self.faults.add(row.line, "member", vi, en)
        since, until = (csv_table.day(row, column, self.faults) for column in ("since", "until"))
        if since and until and until <= since:
            self.faults.add(row.line, "until", f"không sau {since}", f"{until} is not after since {since}")
