"""What the seat units did in one vote, and nothing of what was chosen. Milliseconds since the opening."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from voting.ids import MemberId, SeatId


@dataclass(frozen=True, slots=True)
class SeatSeen:
    """As the hall heard of one unit; None: it didn't."""

    shown: int | None = None
    """It acknowledged that the question stands on it."""
    pressed: int | None = None
    """A voting key went down, the last time."""
    lit: int | None = None
    """It acknowledged the steady lamp of a recorded ballot."""
    offline: int | None = None
    """It was out of reach, 0 where it was so at the opening; the last time."""


@dataclass(frozen=True, slots=True)
class SeatAccount:
    """The same, with whose unit it was and what the log says of that member. Entries of the account."""

    seat: SeatId
    member: MemberId
    present: bool
    """At the close, or with a ballot."""
    seen: SeatSeen
    recorded: int | None
    """When the member's ballot in force was recorded, from the seat."""
    by_phone: bool
    """The ballot in force came from the member's phone."""


def to_plain(one: SeatAccount) -> dict[str, Any]:
    """JSON-able, as the log's payload holds it (docs/specs/log.md)."""
    seen = one.seen
    return {
        "seat": one.seat, "member": one.member, "present": one.present, "shown": seen.shown,
        "pressed": seen.pressed, "lit": seen.lit, "offline": seen.offline, "recorded": one.recorded,
        "by_phone": one.by_phone,
    }  # fmt: skip


def from_plain(said: Mapping[str, Any]) -> SeatAccount:
    """The members and types must be right already."""
    seen = SeatSeen(said["shown"], said["pressed"], said["lit"], said["offline"])
    seat, member = SeatId(said["seat"]), MemberId(said["member"])
    return SeatAccount(seat, member, said["present"], seen, said["recorded"], said["by_phone"])
