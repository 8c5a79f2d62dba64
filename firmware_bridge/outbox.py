"""What the seats of a row want done. The pure side fills it, the shell (`bridge.py`) empties it after every
step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from firmware_bridge.ballots import Press, ToSign
from firmware_bridge.messages import BindPhone, Challenge, Jws, SealedPin, Up
from firmware_bridge.ports import Face


class SeatSession(Protocol):
    """A key that the member's card delegated to this seat for this sitting. It lives in this process
    only."""

    @property
    def statement(self) -> str:
        """Hash of the session statement's payload: the session's name."""

    @property
    def jws(self) -> Jws:
        """The session statement, signed by the card."""

    def ballot(self, form: Mapping[str, str], device: str, choice: str, press: Press) -> tuple[str, Jws]:
        """Fills the form in and signs it: the ballot's hash and statement."""

    def to_card(self, form: Mapping[str, str], device: str, choice: str, press: Press) -> ToSign:
        """Fills the form in for the card that this session came from."""


@dataclass(frozen=True, slots=True)
class CardAsk:
    """The card in this slot is to sign: a session statement for the seat's own key or for a phone's, or a
    ballot."""

    seat: str
    words: Challenge | BindPhone | ToSign


@dataclass(slots=True)
class Outbox:
    sayings: list[Up] = field(default_factory=list)
    statements: list[Jws] = field(default_factory=list)
    cards: list[CardAsk] = field(default_factory=list)
    called_off: list[str] = field(default_factory=list)
    """Seats whose card is not to sign any more what it was asked for. Said before new `cards`."""
    pins: list[SealedPin] = field(default_factory=list)
    faces: dict[int, Face] = field(default_factory=dict)
    """By console address: the latest wins."""
    ask_state: bool = False
    alert: bool | None = None
    """A vote is announced or open (True), or none is (False); None: as before."""

    def emptied(self) -> "Outbox":
        """All that is in it; afterwards nothing is. The seats hold on to this one."""
        taken = Outbox(
            self.sayings, self.statements, self.cards, self.called_off, self.pins, self.faces,
            self.ask_state, self.alert,
        )  # fmt: skip
        self.sayings, self.statements, self.cards, self.pins, self.faces = [], [], [], [], {}
        self.called_off = []
        self.ask_state, self.alert = False, None
        return taken
