"""What can be seen of the seats: one letter for each from above, everything of the one looked at. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from firmware_bridge import texts
from firmware_bridge.ports import Lamp
from simulators.card import SimulatedCard
from simulators.crowd import Person
from simulators.hall import SimulatedHall, SimulatedSeat

Seen = dict[str, object]

OFFLINE, EMPTY, CARD, PIN, SIGNED_IN = "x", "-", "c", "p", "s"
ARMED, WAITING, RECORDED, SPEAKING = "a", "b", "r", "m"

_NOT_SIGNED_IN = {
    lines[0]
    for lines in (
        texts.IDLE, texts.READING, texts.CARD_READ, texts.PIN_WANTED, texts.SIGNING, texts.PIN_BLOCKED,
        texts.PIN_CANCELLED, texts.PIN_TIMEOUT, texts.CARD_UNREADABLE, texts.CARD_UNUSABLE, texts.NO_CARD,
        texts.NO_SESSION, texts.CLONE,
    )
}  # fmt: skip
_NOT_SIGNED_IN_EITHER = ("SAI MA PIN", "SAI CHO", "KHONG CO TRONG", "HET HAN", "DA RUT", "")
"""How the displays of cards begin that were refused; an empty display says nothing of a sign-in."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a seat stands, from above: x, y in 0…1 from the top left, the presidium at the bottom."""

    seat: str
    x: float
    y: float
    block: str


def letter(seat: SimulatedSeat) -> str:
    """The seat from above, the most telling thing first."""
    unit = seat.unit
    if not unit.connected:
        return OFFLINE
    if Lamp.BLINK in unit.lamps:
        return WAITING
    if Lamp.STEADY in unit.lamps:
        return RECORDED
    if unit.panel.armed:
        return ARMED
    if unit.microphone:
        return SPEAKING
    if seat.card is None:
        return EMPTY
    if seat.readers.asking(seat.seat):
        return PIN
    return SIGNED_IN if _greets(unit.lines[0].strip()) else CARD


def _greets(line: str) -> bool:
    """As a passer-by reads it: what else a display says is for a member who is signed in."""
    refused = any(line.startswith(words) if words else line == "" for words in _NOT_SIGNED_IN_EITHER)
    return line not in _NOT_SIGNED_IN and not refused


def unit_at(seat: SimulatedSeat, hall: SimulatedHall) -> Seen:
    """The unit as it stands there: what a person in front of it sees, and how it is cabled."""
    unit, row = seat.unit, hall.rows.get(seat.bridge)
    return {
        "seat": seat.seat,
        "bridge": seat.bridge,
        "serial": unit.serial,
        "address": unit.address,
        "wired": row is not None,
        "plugged": row is None or unit in row.units,
        "powered": unit.powered,
        "connected": unit.connected,
        "lines": [line.ljust(texts.WIDTH)[: texts.WIDTH] for line in unit.lines],
        "lamps": [_said(lamp) for lamp in unit.lamps],
        "request": _said(unit.request_lamp),
        "microphone": unit.microphone,
        "armed": unit.panel.armed,
        "person_key": unit.person_key,
        "person": unit.panel.person,
        "asks_pin": seat.readers.asking(seat.seat),
    }


def card_seen(card: SimulatedCard | None, holders: Mapping[int, Person]) -> Seen | None:
    """Whose card it is, and its PIN: these cards are made for the demo, and die with it."""
    if card is None:
        return None
    person = holders[id(card)]
    return {
        "member": person.member,
        "name": person.name,
        "seat": person.seat.seat,
        "pin": person.pin,
        "tries_left": card.tries_left,
    }


def _said(lamp: Lamp) -> str:
    return lamp.name.lower()
