"""Who is a member, and where the hall's seats are: two CSV files, every fault named by line and column.

members.csv: id,name,delegation,since,until,weight,seat (the last three may be empty; the assigned seat).
seats.csv: seat,block (the order of the lines is the order of the seats in the hall).
Written again, a roster gives the bytes that it was read from, where those were in the one way of writing.
"""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from hall_controller import csv_table, seating_plan
from hall_controller.csv_table import Faults, Row
from hall_controller.seating_plan import SeatingPlan
from voting.ids import MemberId, SeatId
from voting.members import Member

MEMBER_COLUMNS = ("id", "name", "delegation", "since", "until", "weight", "seat")
SEAT_COLUMNS = ("seat", "block")


@dataclass(frozen=True, slots=True)
class Seat:
    id: SeatId
    block: str


@dataclass(frozen=True, slots=True)
class Roster:
    members: tuple[Member, ...]
    assigned: dict[MemberId, SeatId]
    seats: tuple[Seat, ...]
    plan: SeatingPlan | None = None
    """Where there is one it alone says who sits where, day by day; else the members' own seats do."""

    def on(self, day: date) -> tuple[Member, ...]:
        """Who was in office on that day: the roll, whose length is the denominator."""
        return tuple(m for m in self.members if m.since <= day and (m.until is None or day < m.until))

    def seating(self, day: date) -> dict[MemberId, SeatId]:
        """The assigned seats of that day's members."""
        assigned = self.assigned if self.plan is None else seating_plan.on(self.plan, day)
        return {m.id: assigned[m.id] for m in self.on(day) if m.id in assigned}


def load(members_path: Path, seats_path: Path) -> Roster:
    """Reads both files. Raises BadFile with every fault of the first that has any."""
    return load_members(members_path, load_seats(seats_path))


def load_seats(path: Path) -> tuple[Seat, ...]:
    """Raises BadFile with every fault."""
    faults = Faults(path)
    seats: dict[str, tuple[int, Seat]] = {}
    for row in csv_table.read(path, SEAT_COLUMNS, faults):
        if not csv_table.needed(row, ["seat"], faults):
            continue
        if row["seat"] in seats:
            csv_table.twice(row, "seat", seats[row["seat"]][0], faults)
            continue
        seats[row["seat"]] = row.line, Seat(SeatId(row["seat"]), row["block"])
    faults.judge()
    return tuple(seat for _, seat in seats.values())


def load_members(members_path: Path, seats: tuple[Seat, ...] | None) -> Roster:
    """Raises BadFile with every fault. Without `seats`, whose file was faulty, nobody's is looked up."""
    faults = Faults(members_path)
    reading = _Reading(None if seats is None else {seat.id for seat in seats}, faults)
    for row in csv_table.read(members_path, MEMBER_COLUMNS, faults):
        reading.take(row)
    faults.judge()
    members = tuple(member for _, member in reading.members.values())
    return Roster(members, reading.assigned, seats or ())


def members_csv(roster: Roster) -> bytes:
    """What `load_members` reads as these members."""
    return csv_table.write(
        MEMBER_COLUMNS,
        (
            (
                one.id, one.name, one.delegation, one.since.isoformat(),
                one.until.isoformat() if one.until else "", str(one.weight) if one.weight != 1 else "",
                roster.assigned.get(one.id, ""),
            )
            for one in roster.members
        ),
    )  # fmt: skip


def seats_csv(seats: tuple[Seat, ...]) -> bytes:
    """What `load_seats` reads as these seats."""
    return csv_table.write(SEAT_COLUMNS, ((seat.id, seat.block) for seat in seats))


@dataclass(slots=True)
class _Reading:
    known: set[SeatId] | None
    faults: Faults
    members: dict[MemberId, tuple[int, Member]] = field(default_factory=dict)
    assigned: dict[MemberId, SeatId] = field(default_factory=dict)
    sitters: dict[SeatId, list[Member]] = field(default_factory=dict)

    def take(self, row: Row) -> None:
        member = self._member(row)
        if member is None:
            return
        if member.id in self.members:
            csv_table.twice(row, "id", self.members[member.id][0], self.faults)
            return
        self.members[member.id] = row.line, member
        if row["seat"]:
            self._sits(row, member, SeatId(row["seat"]))

    def _member(self, row: Row) -> Member | None:
        filled = csv_table.needed(row, ["id", "name", "since"], self.faults)
        since = csv_table.day(row, "since", self.faults) if row["since"] else None
        until = csv_table.day(row, "until", self.faults) if row["until"] else None
        weight = self._weight(row)
        if since and until and until <= since:
            self.faults.add(row.line, "until", f"không sau {since}", f"{until} is not after since {since}")
            return None
        if not filled or since is None or weight is None or (row["until"] and until is None):
            return None
        return Member(MemberId(row["id"]), row["name"], row["delegation"], since, until, weight)

    def _weight(self, row: Row) -> int | None:
        said = row["weight"] or "1"
        if said.isascii() and said.isdigit() and len(said) < 7 and int(said) >= 1:
            return int(said)
        vi, en = f"{said} không phải số nguyên dương", f"{said} is not a positive number"
        self.faults.add(row.line, "weight", vi, en)
        return None

    def _sits(self, row: Row, member: Member, seat: SeatId) -> None:
        if self.known is not None and seat not in self.known:
            vi, en = f"không có ghế {seat}", f"there is no seat {seat}"
            self.faults.add(row.line, "seat", vi, en)
        for other in self.sitters.get(seat, []):
            if _overlap(member, other):
                vi = f"ghế {seat} cùng thời gian là của {other.id}"
                en = f"seat {seat} is already {other.id}'s at the same time"
                self.faults.add(row.line, "seat", vi, en)
        self.sitters.setdefault(seat, []).append(member)
        self.assigned[member.id] = seat


def _overlap(one: Member, other: Member) -> bool:
    return (one.until is None or other.since < one.until) and (
        other.until is None or one.since < other.until
    )
