"""Who sits where from when to when: `seating.csv`, for chambers whose seats rotate from session to session.

member,seat,since,until (until may be empty: until further notice; it is the first day of the next plan).
Each sitting takes the plan of its day into the log with its roll: a change between sittings is on record.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hall_controller import csv_table
from hall_controller.csv_table import Faults, Row
from voting.ids import MemberId, SeatId

COLUMNS = ("member", "seat", "since", "until")


@dataclass(frozen=True, slots=True)
class Seated:
    member: MemberId
    seat: SeatId
    since: date
    until: date | None = None
    """The first day on which the member no longer sits there."""

    def on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)

    def overlaps(self, other: "Seated") -> bool:
        ends_before = self.until is not None and self.until <= other.since
        begins_after = other.until is not None and other.until <= self.since
        return not ends_before and not begins_after


SeatingPlan = tuple[Seated, ...]


def on(plan: SeatingPlan, day: date) -> dict[MemberId, SeatId]:
    return {one.member: one.seat for one in plan if one.on(day)}


def load(path: Path, members: Collection[str] | None, seats: Collection[str] | None) -> SeatingPlan:
    """Raises BadFile with every fault, by line and column. None: not known, so nobody is looked up."""
    faults = Faults(path)
    reading = _Reading(faults, members, seats)
    for row in csv_table.read(path, COLUMNS, faults):
        reading.take(row)
    faults.judge()
    return tuple(one for _, one in reading.taken)


def to_csv(plan: SeatingPlan) -> bytes:
    """What `load` reads as this plan."""
    rows = (
        (one.member, one.seat, one.since.isoformat(), one.until.isoformat() if one.until else "")
        for one in plan
    )
    return csv_table.write(COLUMNS, rows)


class _Reading:
    def __init__(
        self, faults: Faults, members: Collection[str] | None, seats: Collection[str] | None
    ) -> None:
        self._faults, self._members, self._seats = faults, members, seats
        self.taken: list[tuple[int, Seated]] = []

    def take(self, row: Row) -> None:
        filled = csv_table.needed(row, ["member", "seat", "since"], self._faults)
        since = csv_table.day(row, "since", self._faults) if row["since"] else None
        until = csv_table.day(row, "until", self._faults) if row["until"] else None
        if not filled or since is None or (row["until"] and until is None):
            return
        if until is not None and until <= since:
            self._fault(row, "until", f"không sau {since}", f"{until} is not after since {since}")
            return
        self._look_up(row)
        seated = Seated(MemberId(row["member"]), SeatId(row["seat"]), since, until)
        self._compare(row, seated)
        self.taken.append((row.line, seated))

    def _look_up(self, row: Row) -> None:
        member, seat = row["member"], row["seat"]
        if self._members is not None and member not in self._members:
            self._fault(row, "member", f"không có đại biểu {member}", f"there is no member {member}")
        if self._seats is not None and seat not in self._seats:
            self._fault(row, "seat", f"không có ghế {seat}", f"there is no seat {seat}")

    def _compare(self, row: Row, seated: Seated) -> None:
        for line, other in self.taken:
            if not seated.overlaps(other):
                continue
            if other.seat == seated.seat:
                vi = f"ghế {seated.seat} cùng thời gian là của {other.member} (dòng {line})"
                en = f"seat {seated.seat} is {other.member}'s at the same time (line {line})"
                self._fault(row, "seat", vi, en)
            if other.member == seated.member:
                vi = f"{seated.member} cùng thời gian có ghế {other.seat} (dòng {line})"
                en = f"{seated.member} has seat {other.seat} at the same time (line {line})"
                self._fault(row, "member", vi, en)

    def _fault(self, row: Row, column: str, vi: str, en: str) -> None:
        self._faults.add(row.line, column, vi, en)
