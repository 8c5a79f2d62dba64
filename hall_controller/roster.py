"""Who is a member, and where the hall's seats are: two CSV files, every fault named by line.

members.csv: id,name,delegation,since,until,weight,seat (the last three may be empty; the assigned seat).
seats.csv: seat,block (the order of the lines is the order of the seats in the hall).
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path

from hall_controller.faults import BadFile, read_text
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

    def on(self, day: date) -> tuple[Member, ...]:
        """Who was in office on that day: the roll, whose length is the denominator."""
        return tuple(m for m in self.members if m.since <= day and (m.until is None or day < m.until))

    def seating(self, day: date) -> dict[MemberId, SeatId]:
        """The assigned seats of that day's members."""
        return {m.id: self.assigned[m.id] for m in self.on(day) if m.id in self.assigned}


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(StringIO(read_text(path)))
    if tuple(reader.fieldnames or ()) != columns:
        raise BadFile(path, [f"line 1: the columns must be {','.join(columns)}"])
    for row in reader:
        yield reader.line_num, {name: (row.get(name) or "").strip() for name in columns}


def load_seats(path: Path) -> tuple[Seat, ...]:
    """Raises BadFile with every fault."""
    faults: list[str] = []
    seats: dict[str, Seat] = {}
    for line, row in _rows(path, SEAT_COLUMNS):
        if not row["seat"]:
            faults.append(f"line {line}: seat is empty")
        elif row["seat"] in seats:
            faults.append(f"line {line}: seat {row['seat']} stands twice")
        seats[row["seat"]] = Seat(SeatId(row["seat"]), row["block"])
    if faults:
        raise BadFile(path, faults)
    return tuple(seats.values())


def _member(row: dict[str, str]) -> Member:
    if not row["id"] or not row["name"]:
        raise ValueError("id and name are needed")
    since = date.fromisoformat(row["since"])
    until = date.fromisoformat(row["until"]) if row["until"] else None
    if until is not None and until <= since:
        raise ValueError(f"until {until} is not after since {since}")
    weight = int(row["weight"] or "1")
    if weight < 1:
        raise ValueError(f"weight {weight} is not a positive number")
    return Member(MemberId(row["id"]), row["name"], row["delegation"], since, until, weight)


def _overlap(one: Member, other: Member) -> bool:
    return (one.until is None or other.since < one.until) and (
        other.until is None or one.since < other.until
    )


def load(members_path: Path, seats_path: Path) -> Roster:
    """Reads both files. Raises BadFile with every fault of the first that has any."""
    return load_members(members_path, load_seats(seats_path))


def load_members(members_path: Path, seats: tuple[Seat, ...] | None) -> Roster:
    """Raises BadFile with every fault. Without `seats`, whose file was faulty, nobody's is looked up."""
    known = None if seats is None else {seat.id for seat in seats}
    faults: list[str] = []
    members: dict[MemberId, Member] = {}
    assigned: dict[MemberId, SeatId] = {}
    sitters: dict[SeatId, list[Member]] = {}
    for line, row in _rows(members_path, MEMBER_COLUMNS):
        try:
            member = _member(row)
        except ValueError as error:
            faults.append(f"line {line}: {error}")
            continue
        if member.id in members:
            faults.append(f"line {line}: member {member.id} stands twice")
        members[member.id] = member
        if row["seat"]:
            seat = assigned[member.id] = SeatId(row["seat"])
            others = sitters.setdefault(seat, [])
            faults += [f"line {line}: {fault}" for fault in _seat_faults(seat, known, member, others)]
            others.append(member)
    if faults:
        raise BadFile(members_path, faults)
    return Roster(tuple(members.values()), assigned, seats or ())


def _seat_faults(
    seat: SeatId, known: set[SeatId] | None, member: Member, others: list[Member]
) -> Iterator[str]:
    """`others`: who has this seat already, for some time of the term."""
    if known is not None and seat not in known:
        yield f"there is no seat {seat}"
    for other in others:
        if _overlap(member, other):
            yield f"seat {seat} is already {other.id}'s at the same time"
