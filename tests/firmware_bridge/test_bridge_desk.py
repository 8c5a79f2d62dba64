"""A registrar's desk: unit, reader and wire of a seat; phones are bound there, and nobody votes."""

from dataclasses import replace
from typing import Any

from firmware_bridge import texts
from firmware_bridge.messages import (
    AtDesk,
    BindPhone,
    Form,
    PhoneDeclined,
    Refusal,
    SeatFacts,
    SeatShows,
    State,
)
from firmware_bridge.outbox import Outbox
from firmware_bridge.phone_ask import COMPARE_S
from firmware_bridge.ports import ConsoleUp, Face, FaceShown, KeyPressed, Lamp
from firmware_bridge.row import Row
from firmware_bridge.seat import Seat

DESK = "desk-1"
KNOWN = AtDesk(DESK, ("KINH CHAO DAI BIEU", "NGUYEN VAN AN"))
BIND = BindPhone(DESK, {"kty": "EC"}, "1234 5678", "c2", "2026-11-21T20:00:00.000Z", "s1", "log", "m1")
FORM = Form(
    "open", "v1", {"vote": "v1"}, {"1": "approve"}, {"1": "TAN THANH"}, True, ("K8 D5", "TT"), 60_000, 3000,
    None,
)  # fmt: skip
NO_FACTS = SeatFacts(None, None, None, SeatShows(DESK, None, False, "none"))


class Desk:
    """A bridge of one place, which the hall has said is a desk."""

    def __init__(self) -> None:
        self.now = 0.0
        self.row = Row({DESK: 1}, lambda jws: None)
        self.face = Face()
        self.row.show_all(0.0)
        self.console(ConsoleUp(1, "DH-D1", False))
        self.hall(self.state())

    def state(self, ballot: Form | None = None) -> State:
        return State(None, ballot, {DESK: NO_FACTS}, 0, (DESK,))

    @property
    def place(self) -> Seat:
        found = self.row.seat(DESK)
        assert found is not None
        return found

    def take(self) -> Outbox:
        out = self.row.take(self.now)
        self.face = out.faces.get(1, self.face)
        return out

    def console(self, event: Any) -> Outbox:
        self.row.console(event, self.now)
        return self.take()

    def hall(self, message: Any) -> Outbox:
        self.row.heard(message, self.now)
        return self.take()

    def changed(self) -> Outbox:
        self.row.refresh(DESK, self.now)
        return self.take()

    def press(self, key: Any) -> Outbox:
        return self.console(KeyPressed(1, key, self.now))

    def with_card(self) -> "Desk":
        self.place.slot.inserted()
        self.place.slot.read(b"cert", self.now)
        self.hall(KNOWN)
        return self

    def compared(self) -> "Desk":
        self.hall(BIND)
        self.console(FaceShown(1, self.face))
        self.now += COMPARE_S
        return self


def test_the_desk_says_what_it_is_and_whose_card_it_knows() -> None:
    desk = Desk()
    assert desk.face.lines == texts.DESK
    desk.with_card()
    assert desk.face.lines == KNOWN.text
    desk.now += 60
    desk.row.tick(desk.now)
    assert desk.take().sayings == [], "the hall has answered: the card isn't told again"


def test_the_digits_stand_with_the_members_name_and_the_check_key_asks_the_card() -> None:
    desk = Desk().with_card().compared()
    assert desk.face.lines == ("NGUYEN VAN AN", "1234 5678  DUNG: TT")
    assert [ask.words for ask in desk.press("1").cards] == [BIND]
    desk.place.slot.pin_asked()
    desk.changed()
    assert desk.face.lines == ("PIN CHO DT 1234 5678", texts.PIN_WANTED[1])
    desk.hall(KNOWN)
    assert desk.face.lines[0] == "PIN CHO DT 1234 5678", "told again, it doesn't disturb the PIN"
    desk.place.phone_signed({"payload": "signed"})
    assert desk.changed().statements == [{"payload": "signed"}]
    desk.hall(replace(KNOWN, text=("DA GAN DIEN THOAI", "NGUYEN VAN AN")))
    desk.now += 10
    desk.row.tick(desk.now)
    desk.take()
    assert desk.face.lines == ("DA GAN DIEN THOAI", "NGUYEN VAN AN")


def test_an_open_vote_neither_shows_there_nor_ends_a_binding() -> None:
    desk = Desk().with_card().compared()
    desk.hall(FORM)
    desk.hall(desk.state(FORM))
    assert desk.face.lines[1] == "1234 5678  DUNG: TT"
    assert not desk.face.keys_armed
    assert [ask.words for ask in desk.press("1").cards] == [BIND]


def test_a_key_pressed_there_in_an_open_vote_makes_no_ballot() -> None:
    desk = Desk().with_card()
    desk.hall(FORM)
    for key in ("1", "2", "3", "speak"):
        out = desk.press(key)
        assert (out.statements, out.sayings, out.cards) == ([], [], [])
        assert desk.face.lines == texts.NO_VOTES_HERE
        assert desk.face.lamps == (Lamp.OFF,) * 3


def test_a_phone_is_declined_without_a_card_that_the_hall_knows() -> None:
    desk = Desk()
    no_session = [PhoneDeclined(DESK, "c2", "no_session")]
    assert desk.hall(BIND).sayings == no_session
    desk.place.slot.read(b"cert", desk.now)
    desk.take()
    desk.hall(Refusal(DESK, None, "card_revoked", ("THE DA BI THU HOI", ""), True))
    assert desk.face.lines[0] == "THE DA BI THU HOI"
    assert desk.hall(BIND).sayings == no_session


def test_a_card_taken_out_ends_the_asking_and_is_nobodys_sign_out() -> None:
    desk = Desk().with_card().compared()
    desk.place.card_pulled(desk.now)
    sayings = desk.changed().sayings
    assert sayings[0] == PhoneDeclined(DESK, "c2", "no_session")
    assert desk.face.lines == texts.DESK
    assert not desk.place.slot.admitted


def test_a_blocked_pin_is_told_and_the_next_phone_may_ask() -> None:
    desk = Desk().with_card().compared()
    desk.press("1")
    desk.place.pin_failed("blocked", 0, desk.now)
    assert PhoneDeclined(DESK, "c2", "refused") in desk.changed().sayings
    assert desk.face.lines == texts.PIN_BLOCKED
    assert desk.hall(replace(BIND, chal="c3")).sayings == []


def test_the_phone_is_told_the_code_for_the_desk_by_its_name() -> None:
    desk = Desk().with_card().compared()
    desk.press("1")
    desk.place.slot.pin_awaited("c2", "482193")
    desk.changed()
    assert desk.face.lines == ("PIN CHO DT 1234 5678", "MA 482193 BAN DESK-1")


def test_a_card_refused_while_no_sitting_is_open_is_known_once_one_is() -> None:
    desk = Desk()
    desk.place.slot.read(b"cert", desk.now)
    desk.hall(Refusal(DESK, None, "no_sitting", ("DA DOC THE", "CHO KHAI MAC"), True))
    assert desk.face.lines == ("DA DOC THE", "CHO KHAI MAC")
    desk.hall(KNOWN)
    assert desk.face.lines == KNOWN.text
