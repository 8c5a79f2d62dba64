"""What a console shows, as a function of everything that its bridge knows of the seat. Pure.

One rule a line, the most urgent first. What is recorded is shown by a steady lamp under the pressed key;
once the choice is hidden from neighbours and cameras, by all three: recorded, and not what.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from firmware_bridge import texts
from firmware_bridge.messages import Form, Lines
from firmware_bridge.ports import Face, Lamp

if TYPE_CHECKING:
    from firmware_bridge.seat import Seat

NOT_YET_AFTER_S = 0.25
"""The seat says plainly "not yet" within 300 ms of the press; the rest is the console's own line."""
OFF = (Lamp.OFF, Lamp.OFF, Lamp.OFF)
KEYS = ("1", "2", "3")


@dataclass(frozen=True, slots=True)
class View:
    """A face, and what it means once the console has acknowledged it."""

    face: Face
    question: str | None = None
    """The vote whose question stands on it."""
    lit: str | None = None
    """The ballot that its steady lamp stands for."""
    asks: str | None = None
    """The challenge of the phone whose digits stand on it."""


def view_of(seat: "Seat", now: float) -> View:
    lines, question = _lines(seat, now)
    lamps, lit = _lamps(seat, now)
    face = Face(
        lamps=lamps,
        request_lamp={"none": Lamp.OFF, "speech": Lamp.STEADY, "debate": Lamp.BLINK}[seat.shows.requesting],
        microphone=seat.shows.mic,
        keys_armed=seat.may_press(),
        person=seat.vote.asks_person and seat.may_press(),
        lines=(lines[0][: texts.WIDTH], lines[1][: texts.WIDTH]),
    )
    return View(face, question, lit, _asks(seat))


def _asks(seat: "Seat") -> str | None:
    asked = seat.binding
    return None if asked is None or asked.confirmed or seat.status == "clone" else asked.words.chal


def next_change(seat: "Seat", now: float) -> float | None:
    """When, with nothing else happening, the seat's face is to be made anew."""
    times = [at for at in _changes(seat, now) if at > now]
    return min(times, default=None)


def _changes(seat: "Seat", now: float) -> Iterator[float]:
    if seat.notice is not None:
        yield seat.notice.until
    vote = seat.voting
    if vote is None:
        return
    pending, recorded = vote.casting.pending, vote.casting.recorded
    if pending is not None:
        yield pending.pressed_at + NOT_YET_AFTER_S
    if recorded is not None and vote.form.show_choice_ms is not None:
        yield recorded.at + vote.form.show_choice_ms / 1000
    if pending is None and recorded is None and (left := vote.remaining_s(now)):
        step = 5.0 if left > 10 else 1.0
        yield now + (left % step or step) + 0.01


def _lines(seat: "Seat", now: float) -> tuple[Lines, str | None]:
    if seat.status == "clone":
        return texts.CLONE, None
    asked = seat.binding
    if asked is not None and not asked.confirmed:
        of = seat.slot.greeting[1] if seat.slot.at_desk else texts.BINDING
        return texts.binding(asked.words.digits, of), None
    if seat.slot.prompt is not None and (seat.vote.asks_card or not (seat.slot.signed_in and _votes(seat))):
        prompt = seat.slot.prompt
        return (prompt if asked is None else texts.pin_for_phone(prompt, asked.words.digits)), None
    if seat.notice is not None and now < seat.notice.until:
        return seat.notice.lines, None
    if seat.voting is not None and seat.voting.form.phase not in ("closed", "cancelled"):
        return _vote_lines(seat, now), seat.voting.form.vote
    if seat.voting is not None and (seat.voting.casting.pending or seat.voting.unanswered):
        return texts.NOT_KNOWN, None
    if seat.shows.text is not None:
        return seat.shows.text, None
    if seat.slot.admitted:
        return seat.slot.greeting, None
    return (texts.DESK if seat.slot.at_desk else texts.IDLE), None


def _votes(seat: "Seat") -> bool:
    """Then the question comes before a card that is asked for a phone's sake only."""
    return seat.voting is not None and seat.voting.form.phase in ("open", "held", "closing")


def _vote_lines(seat: "Seat", now: float) -> Lines:
    vote = seat.voting
    assert vote is not None
    casting, form = vote.casting, vote.form
    if form.person and not seat.person_key and seat.status == "online":
        return texts.NO_PERSON_KEY
    if vote.unanswered:
        return texts.NOT_KNOWN
    if casting.pending is not None and now >= casting.pending.pressed_at + NOT_YET_AFTER_S:
        return texts.NOT_YET
    if casting.pending is None and casting.recorded is not None:
        if casting.recorded.by_phone:
            return texts.BY_PHONE
        if not choice_shows(seat, now):
            return texts.recorded("", "")
        return texts.recorded(casting.recorded.code, form.labels.get(casting.recorded.key or "", ""))
    return _question(form, vote.remaining_s(now))


def _question(form: Form, remaining_s: float | None) -> Lines:
    if form.phase == "held":
        return form.text[0], texts.HELD[0]
    if form.phase == "closing":
        return form.text[0], texts.LOCKED[0]
    if remaining_s is None:
        return form.text
    return texts.with_clock(form.text[0], remaining_s), form.text[1]


def choice_shows(seat: "Seat", now: float) -> bool:
    """Whether the recorded choice may still be read at the seat."""
    vote = seat.voting
    if vote is None or vote.casting.recorded is None or vote.casting.recorded.key is None:
        return False
    shown_ms = vote.form.show_choice_ms
    return shown_ms is None or now < vote.casting.recorded.at + shown_ms / 1000


def _lamps(seat: "Seat", now: float) -> tuple[tuple[Lamp, Lamp, Lamp], str | None]:
    vote = seat.voting
    if vote is None or seat.status == "clone" or vote.form.phase in ("closed", "cancelled"):
        return OFF, None
    casting = vote.casting
    # Not for a press that the card is asked to sign: nothing is cast yet, and a unit whose lamp only blinks
    # says so by itself after 300 ms (docs/specs/console-wire.md), before the choice and the PIN's prompt.
    if casting.pending is not None:
        return _one(casting.pending.press.key, Lamp.BLINK), None
    if casting.recorded is None:
        return OFF, None
    if choice_shows(seat, now):
        return _one(casting.recorded.key, Lamp.STEADY), casting.recorded.ballot
    return (Lamp.STEADY, Lamp.STEADY, Lamp.STEADY), casting.recorded.ballot


def _one(key: str | None, lamp: Lamp) -> tuple[Lamp, Lamp, Lamp]:
    first, second, third = (lamp if name == key else Lamp.OFF for name in KEYS)
    return first, second, third
