"""What a rule book says of phones: its `[channels]`, as data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Channels:
    """Without a `[channels]`: no ballot comes by phone, whatever a kind of question says."""

    remote: bool = False
    """Whether the chair may open a sitting's mobile voting for named members."""
    phone_at_seat: bool = False
    """Whether the phone also counts, unopened, of a member who is signed in, awake, at a seat."""
    cites: tuple[str, ...] = ()
