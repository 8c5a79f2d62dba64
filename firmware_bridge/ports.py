"""What a bridge needs from the world below it: consoles and card readers. Each has several implementations.

`SerialBus` drives a row of consoles over a serial line; the simulated hall's panel stands for a network
console's own keys and lamps. `PcscReader` and the simulated reader speak APDUs to a card.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import Enum
from typing import Literal, Protocol


class Lamp(Enum):
    OFF = 0
    STEADY = 1
    BLINK = 2


@dataclass(frozen=True, slots=True)
class Face:
    """What a console is to show: the desired state. The bus makes it so, again after each reboot."""

    lamps: tuple[Lamp, Lamp, Lamp] = (Lamp.OFF, Lamp.OFF, Lamp.OFF)
    """The three voting keys, in key order.

    A press of an armed key makes its lamp blink by itself, at once. The first face after that `KeyPressed`
    was taken from `events()` settles it: BLINK keeps it waiting (and costs no frame), STEADY is the
    receipt, OFF says that the press counts for nothing. So answer each press with a face, even one that
    was said before.
    """
    request_lamp: Lamp = Lamp.OFF
    microphone: bool = False
    keys_armed: bool = False
    """Voting keys take a press: a press on a key that isn't armed is reported but lights nothing."""
    person: bool = False
    """A voting press is to be told only once its key is let go, and whether the person-present key was
    held as long."""
    lines: tuple[str, str] = ("", "")
    """Two lines of at most 20 characters."""


@dataclass(frozen=True, slots=True)
class KeyPressed:
    address: int
    key: Literal["1", "2", "3", "speak"]
    pressed_at: float
    """Line time in seconds (the bus's `now`) at which the console says that the key went down."""
    person: bool = False
    """The person-present key was held as long as this one."""


@dataclass(frozen=True, slots=True)
class ConsoleUp:
    """First answer, or first after silence or a reboot."""

    address: int
    serial: str
    rebooted: bool
    person_key: bool = False
    """It has a person-present key: for both hands, or with a finger sensor."""


@dataclass(frozen=True, slots=True)
class ConsoleLost:
    address: int


@dataclass(frozen=True, slots=True)
class CloneSuspected:
    """Two consoles answer to one address: neither is trusted until one is gone."""

    address: int


@dataclass(frozen=True, slots=True)
class FaceShown:
    """The console acknowledged this face, in full."""

    address: int
    face: Face


ConsoleEvent = KeyPressed | ConsoleUp | ConsoleLost | CloneSuspected | FaceShown


class ConsoleBus(Protocol):
    async def run(self) -> None:
        """Serves the consoles until cancelled. Raises BridgeError when the line is gone; may run again."""

    def events(self) -> AsyncIterator[ConsoleEvent]: ...

    def show(self, address: int, face: Face) -> None:
        """Sets the desired face; returns at once, `FaceShown` tells when it is true."""

    def attend(self, alert: bool) -> None:
        """alert: a vote is announced or open, poll as fast as the line allows; else the cheap idle pace."""


@dataclass(frozen=True, slots=True)
class CardInserted:
    slot: str


@dataclass(frozen=True, slots=True)
class CardRemoved:
    slot: str
    reader_lost: bool = False
    """The reader, or the service behind it, failed: nobody is known to have taken the card out."""


class CardReaders(Protocol):
    """The readers of a row. Slots are named by the seats they belong to."""

    async def run(self) -> None: ...

    def events(self) -> AsyncIterator[CardInserted | CardRemoved]: ...

    async def connect(self, slot: str) -> "CardConnection":
        """Raises CardGone when the slot is empty."""


class CardConnection(Protocol):
    """One powered card. The whole hardware boundary is one method; everything above it is PIV."""

    async def transmit(self, apdu: bytes) -> bytes:
        """Sends a command APDU, returns the response with its status word. Raises CardGone."""

    async def verify_pin_on_pad(self) -> bytes | None:
        """PC/SC part 10: the PIN is typed on the reader. Returns the status word; None: there is no pad."""

    async def close(self) -> None: ...


class StationConnection(CardConnection, Protocol):
    """A card on the reader of whoever gives cards out: there a PIN is set, too."""

    async def set_pin_on_pad(self, puk: bytes) -> bytes | None:
        """PC/SC part 10: a new PIN is typed twice on the reader, which sends it with this PUK (8 bytes).

        Returns the status word; None: the reader can't.
        """
