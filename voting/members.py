"""The roll: who is a member, since when, with which weight; the denominator."""

from dataclasses import dataclass
from datetime import date

from voting.ids import MemberId


@dataclass(frozen=True, slots=True)
class Member:
    id: MemberId
    name: str
    delegation: str
    since: date
    until: date | None = None
    """First day on which the person is no longer a member."""
    weight: int = 1
