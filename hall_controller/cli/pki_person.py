"""Whose certificate or card is asked for: a member on the roster, or an officer by name."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import typer

from hall_controller.clock import utc_now
from hall_controller.pki.errors import Declined
from hall_controller.pki.profiles import Kind
from hall_controller.pki.station import Order
from hall_controller.roster import load_members
from voting.members import Member


@dataclass(frozen=True, slots=True)
class Person:
    member: str | None
    officer: str | None
    name: str | None
    members: Path
    provisional: str | None = None

    def order(self) -> Order:
        """Raises Declined, BadFile, typer.BadParameter."""
        if self.member and not self.officer:
            found = _member(self.members, self.member, self.provisional)
            until = _midnight(found.until)
            kind = Kind.PROVISIONAL if self.provisional else Kind.MEMBER
            return Order(self.member, found.name, kind, self.provisional, until)
        if self.officer and self.name and not self.provisional:
            return Order(self.officer, self.name, Kind.OFFICER)
        raise typer.BadParameter("say --member ID, or --officer ID with --name NAME")


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=UTC)


def _member(path: Path, id: str, day: str | None) -> Member:
    on = _day(day) or utc_now().date()
    found = [one for one in load_members(path, None).members if one.id == id]
    if not found or not found[0].in_office(on):
        raise Declined(
            "unknown_member", f"{id} không phải đại biểu đương nhiệm ngày {on} theo {path}.",
            f"{id} is no member in office on {on}, by {path}.",
        )  # fmt: skip
    return found[0]


def _day(said: str | None) -> date | None:
    """None for what is no day: the authority says so."""
    try:
        return date.fromisoformat(said or "")
    except ValueError:
        return None
