"""What a rule book says of seats: its `[seating]`, as data."""

from dataclasses import dataclass
from typing import Literal

Place = Literal["assigned", "any", "warn"]
Suspicion = Literal["refuse", "hold"]


@dataclass(frozen=True, slots=True)
class SeatingRules:
    """Without a `[seating]`: the assigned seat, nothing held, no time, no further key."""

    place: Place = "assigned"
    """At the assigned seat only; at any free one; "warn": at any free one, and the officer is told of each
    that isn't the member's own."""
    suspicion: Suspicion = "refuse"
    """What becomes of what looks like an imposture: refused, or held until it is cleared up."""
    cards_apart_s: int | None = None
    """Another card at one console sooner than this is suspicious; None: it never is."""
    awake_s: int | None = None
    """So long after the PIN a session sleeps; None: it doesn't by time."""
    person_present: bool = False
    """A press counts only while the console's person-present key is held with it."""
    cites: tuple[str, ...] = ()
