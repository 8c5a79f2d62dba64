"""A row without shell, time or bus: what a console shows in each state, and what goes up."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from firmware_bridge import texts
from firmware_bridge.ballots import Press
from firmware_bridge.messages import (
    BindPhone,
    Card,
    Challenge,
    Form,
    Lit,
    PhoneDeclined,
    Pressed,
    Refusal,
    SeatFacts,
    SeatShows,
    Shown,
    SignedIn,
    SignedOut,
    Speak,
    State,
    Status,
)
from firmware_bridge.outbox import Outbox
from firmware_bridge.phone_ask import COMPARE_S
from firmware_bridge.ports import (
    CloneSuspected,
    ConsoleLost,
    ConsoleUp,
    Face,
    FaceShown,
    KeyPressed,
    Lamp,
)
from firmware_bridge.receipt import Receipt
from firmware_bridge.row import Row

CHALLENGE = Challenge("001", "c", "s1", "log", "m1", "2026-11-21T20:00:00.000Z", ("KINH CHAO", "A"))
FORM = Form(
    "open",
    "v1",
    {"vote": "v1"},
    {"1": "approve", "2": "reject", "3": "not_voting"},
    {"1": "TAN THANH", "2": "KHONG TAN THANH", "3": "KHONG BIEU QUYET"},
    True,
    ("K8 D5", "TT   K.TT   K.BQ"),
    60_000,
    3000,
    3000,
)
BIND = BindPhone("001", {"kty": "EC"}, "1234 5678", "c2", "2026-11-21T20:00:00.000Z", "s1", "log", "m1")


class FakeSession:
    statement = "a1" * 32
    jws: Mapping[str, str] = {"payload": "session"}

    def ballot(self, form: Mapping[str, str], device: str, choice: str, press: Press) -> tuple[str, Any]:
        ballot = sha256(f"{device}{choice}{press}".encode()).hexdigest()
        return ballot, {"payload": ballot, "choice": choice, "device": device}


class Bench:
    """One seat of a row; `do` returns what the row wants done, and keeps the console's face."""

    def __init__(self, seats: tuple[str, ...] = ("001",)) -> None:
        self.row = Row({seat: number for number, seat in enumerate(seats, 1)}, self._check)
        self.now = 0.0
        self.faces: dict[int, Face] = {}
        self.row.show_all(0.0)
        self.take()

    def _check(self, jws: Mapping[str, str]) -> Receipt | None:
        return None if jws.get("signature") == "forged" else Receipt("v1", jws["payload"], 9)

    def take(self) -> Outbox:
        out = self.row.take(self.now)
        self.faces.update(out.faces)
        return out

    def console(self, event: Any) -> Outbox:
        self.row.console(event, self.now)
        return self.take()

    def hall(self, *messages: Any) -> Outbox:
        for message in messages:
            self.row.heard(message, self.now)
        return self.take()

    def changed(self) -> Outbox:
        """After the slot was changed, as the shell tells it."""
        self.row.refresh("001", self.now)
        return self.take()

    def press(self, key: Any, address: int = 1) -> Outbox:
        return self.console(KeyPressed(address, key, self.now))

    def wait(self, seconds: float) -> Outbox:
        """Time passes as the shell's timer would let it; everything said meanwhile, together."""
        end, said = self.now + seconds, Outbox()
        while (due := self.row.next_due()) is not None and due <= end:
            self.now = max(due, self.now + 0.001)
            self.row.tick(self.now)
            out = self.take()
            said.sayings += out.sayings
            said.statements += out.statements
            said.ask_state = said.ask_state or out.ask_state
        self.now = end
        self.row.tick(self.now)
        last = self.take()
        said.statements += last.statements
        said.sayings += last.sayings
        return said

    @property
    def face(self) -> Face:
        return self.faces[1]

    @property
    def slot(self) -> Any:
        seat = self.row.seat("001")
        assert seat is not None
        return seat.slot

    def signed_in(self) -> "Bench":
        self.console(ConsoleUp(1, "DH-1", False))
        self.slot.read(b"cert", self.now)
        self.hall(CHALLENGE)
        self.slot.session_made(FakeSession(), self.now)
        self.hall(SignedIn("001", FakeSession.statement))
        return self

    def voting(self) -> "Bench":
        self.signed_in()
        self.hall(FORM)
        return self


def test_a_press_is_signed_sent_at_once_and_blinks_until_the_receipt() -> None:
    bench = Bench().voting()
    (ballot,) = bench.press("2").statements
    assert (ballot["choice"], ballot["device"]) == ("reject", "DH-1")
    assert bench.face.lamps == (Lamp.OFF, Lamp.BLINK, Lamp.OFF)
    bench.row.receipt(Receipt("v1", ballot["payload"], 9), bench.now)
    bench.take()
    assert bench.face.lamps == (Lamp.OFF, Lamp.STEADY, Lamp.OFF)
    assert bench.face.lines == (f"DA GHI NHAN     {ballot['payload'][:4].upper()}", "KHONG TAN THANH")


def test_each_press_is_answered_with_a_face_even_where_nothing_changes() -> None:
    bench = Bench().voting()
    bench.press("1")
    assert 1 in bench.press("1").faces
    idle = Bench()
    idle.console(ConsoleUp(1, "DH-1", False))
    idle.press("1")
    assert 1 in idle.press("1").faces


def test_not_yet_is_said_within_300_ms_and_the_ballot_repeated() -> None:
    bench = Bench().voting()
    (ballot,) = bench.press("1").statements
    assert bench.wait(0.26).statements == []
    assert bench.face.lines == texts.NOT_YET
    assert bench.wait(3.0).statements == [ballot] * 2


def test_the_choice_is_hidden_after_its_time_and_stays_where_names_are_public() -> None:
    for show_ms, hidden in ((3000, True), (0, True), (None, False)):
        bench = Bench().signed_in()
        bench.hall(replace(FORM, show_choice_ms=show_ms))
        (ballot,) = bench.press("1").statements
        bench.row.receipt(Receipt("v1", ballot["payload"], 9), bench.now)
        bench.take()
        bench.wait(3.1)
        assert (bench.face.lines == ("DA GHI NHAN".ljust(20), "")) is hidden
        assert (bench.face.lamps == (Lamp.STEADY,) * 3) is hidden


@pytest.mark.parametrize(
    ("phase", "said"),
    [("announced", "TT   K.TT   K.BQ"), ("held", texts.HELD[0]), ("closing", texts.LOCKED[0])],
)
def test_keys_are_armed_only_while_the_vote_is_open(phase: Any, said: str) -> None:
    bench = Bench().voting()
    assert bench.face.keys_armed
    bench.hall(replace(FORM, phase=phase, remaining_ms=None))
    assert not bench.face.keys_armed
    assert bench.face.lines[1] == said
    assert bench.press("1").statements == []


def test_a_waiting_ballot_goes_on_through_the_grace_and_then_the_hall_is_asked() -> None:
    bench = Bench().voting()
    (ballot,) = bench.press("1").statements
    bench.hall(replace(FORM, phase="closing", remaining_ms=None))
    said = bench.wait(3.1)
    assert said.statements
    assert set(map(str, said.statements)) == {str(ballot)}
    assert said.ask_state
    assert bench.face.lines == texts.NOT_KNOWN
    facts = SeatFacts(
        FakeSession.statement, {"payload": ballot["payload"]}, 1, SeatShows("001", None, False, "none")
    )
    bench.hall(State(None, replace(FORM, phase="closing", remaining_ms=None), {"001": facts}, 3))
    assert Lamp.STEADY in bench.face.lamps


def test_a_ballot_that_was_never_recorded_is_said_to_be_so() -> None:
    bench = Bench().voting()
    bench.press("1")
    closed = replace(FORM, phase="closed", remaining_ms=None)
    bench.hall(closed)
    assert bench.wait(3.1).ask_state
    facts = SeatFacts(FakeSession.statement, None, None, SeatShows("001", None, False, "none"))
    bench.hall(State(None, closed, {"001": facts}, 3))
    assert bench.face.lines == (texts.NOT_RECORDED, texts.LOCKED[0])


def test_a_refusal_shows_its_two_lines_only_if_it_is_final() -> None:
    bench = Bench().voting()
    (ballot,) = bench.press("1").statements
    busy = Refusal("001", ballot["payload"], "not_recorded", ("CHUA DUOC GHI NHAN", "BAN"), False)
    bench.hall(busy)
    assert Lamp.BLINK in bench.face.lamps
    bench.hall(replace(busy, text=("HET GIO BIEU QUYET", "KHONG DUOC GHI NHAN"), final=True))
    assert bench.face.lines == ("HET GIO BIEU QUYET", "KHONG DUOC GHI NHAN")
    assert bench.face.lamps == (Lamp.OFF,) * 3
    assert bench.wait(5.0).statements == []


def test_without_card_or_session_a_press_says_why_and_sends_nothing() -> None:
    bench = Bench()
    bench.console(ConsoleUp(1, "DH-1", False))
    bench.hall(FORM)
    assert not bench.face.keys_armed
    assert bench.press("1").statements == []
    assert bench.face.lines == texts.NO_CARD
    assert bench.press("speak").sayings == []


def test_the_card_is_told_until_the_hall_answers_and_its_pull_until_the_hall_knows() -> None:
    bench = Bench()
    bench.slot.read(b"cert", bench.now)
    told = [*bench.changed().sayings, *bench.wait(5.0).sayings]
    assert told == [Card("001", True, "Y2VydA==", None, None)] * 4
    bench.hall(CHALLENGE)
    assert bench.wait(5.0).sayings == []
    bench.slot.pulled(bench.now)
    gone = Card("001", False, None, None, None)
    assert [*bench.changed().sayings, *bench.wait(2.0).sayings] == [gone, gone]
    bench.hall(SignedOut("001", "", "card_removed"))
    assert bench.wait(5.0).sayings == []


def test_a_challenge_told_twice_asks_the_card_once() -> None:
    bench = Bench()
    bench.slot.read(b"cert", bench.now)
    assert len(bench.hall(CHALLENGE, CHALLENGE).cards) == 1
    bench.slot.session_made(FakeSession(), bench.now)
    assert bench.hall(CHALLENGE).cards == []
    assert bench.hall(replace(CHALLENGE, chal="new")).cards != []


def test_a_session_statement_is_said_again_until_it_is_recorded_whatever_comes_late() -> None:
    bench = Bench()
    bench.slot.read(b"cert", bench.now)
    bench.hall(CHALLENGE)
    bench.slot.session_made(FakeSession(), bench.now)
    assert bench.changed().statements == [FakeSession.jws]
    bench.hall(CHALLENGE)
    assert bench.wait(4.0).statements == [FakeSession.jws] * 2
    bench.hall(SignedIn("001", FakeSession.statement))
    assert bench.wait(4.0).statements == []


def test_a_pulled_card_takes_the_session_with_it() -> None:
    bench = Bench().voting()
    bench.slot.pulled(bench.now)
    bench.row.refresh("001", bench.now)
    bench.take()
    assert not bench.face.keys_armed
    assert bench.press("1").statements == []


def test_a_session_that_the_hall_has_ended_is_forgotten_and_the_card_told_anew() -> None:
    bench = Bench().voting()
    out = bench.hall(SignedOut("001", FakeSession.statement, "replaced"))
    assert out.sayings == [Card("001", True, "Y2VydA==", None, None)]
    assert bench.press("1").statements == []


def test_two_consoles_of_one_address_are_not_trusted() -> None:
    bench = Bench().voting()
    assert bench.console(CloneSuspected(1)).sayings == [Status("001", "clone", "DH-1")]
    assert bench.face.lines == texts.CLONE
    assert not bench.face.keys_armed
    assert bench.press("1").statements == []


def test_a_lost_console_is_reported_and_its_session_stays() -> None:
    bench = Bench().voting()
    assert bench.console(ConsoleLost(1)).sayings == [Status("001", "silent", "DH-1")]
    assert bench.console(ConsoleUp(1, "DH-1", True)).sayings == [Status("001", "online", "DH-1")]
    assert bench.face.keys_armed
    assert len(bench.press("1").statements) == 1


def test_shown_and_lit_go_up_once_and_together() -> None:
    bench = Bench(("001", "002"))
    for address in (1, 2):
        bench.console(ConsoleUp(address, f"DH-{address}", False))
    bench.hall(FORM)
    for address in (2, 1):
        bench.console(FaceShown(address, bench.faces[address]))
        bench.console(FaceShown(address, bench.faces[address]))
    said = [one for one in bench.wait(1.0).sayings if isinstance(one, Shown | Lit)]
    assert said == [Shown("v1", ("001", "002"))]


def _reported(out: Sequence[object]) -> list[object]:
    return [one for one in out if isinstance(one, Shown | Pressed | Lit)]


def test_that_a_key_was_pressed_is_told_after_the_ballot_and_never_which() -> None:
    bench = Bench().voting()
    bench.wait(1.0)
    pressed = bench.press("1")
    assert (len(pressed.statements), _reported(pressed.sayings)) == (1, [])
    assert _reported(bench.wait(1.0).sayings) == [Pressed("v1", ("001",))]
    other = Bench().voting()
    other.wait(1.0)
    other.press("2")
    assert _reported(other.wait(1.0).sayings) == [Pressed("v1", ("001",))]


def test_a_press_that_makes_no_ballot_is_told_too() -> None:
    """Nobody is signed in: the console says so, and the account of the seats will show the attempt."""
    bench = Bench()
    bench.console(ConsoleUp(1, "DH-1", False))
    bench.hall(FORM)
    assert bench.press("1").statements == []
    assert Pressed("v1", ("001",)) in bench.wait(1.0).sayings
    bench.hall(replace(FORM, phase="closing"))
    bench.press("1")
    assert not any(isinstance(one, Pressed) for one in bench.wait(1.0).sayings)


def test_a_hall_that_asks_for_everything_is_told_again_what_was_reported() -> None:
    bench = Bench().voting()
    bench.console(FaceShown(1, bench.face))
    bench.press("1")
    told = _reported(bench.wait(1.0).sayings)
    bench.hall(State(None, FORM, {}, 3))
    assert _reported(bench.wait(1.0).sayings) == told != []


def test_a_press_made_before_this_vote_opened_is_not_counted_in_it_and_says_so() -> None:
    bench = Bench().signed_in()
    bench.now = 10.0
    bench.hall(FORM)
    bench.now = 10.4
    out = bench.console(KeyPressed(1, "1", 9.9))
    assert out.statements == []
    assert bench.face.lines == texts.PRESS_AGAIN
    bench.hall(replace(FORM, remaining_ms=50_000))
    assert len(bench.console(KeyPressed(1, "1", 10.2)).statements) == 1, (
        "the form told again opens nothing anew"
    )


def test_the_steady_lamp_is_reported_when_the_console_has_acknowledged_it() -> None:
    bench = Bench().voting()
    (ballot,) = bench.press("1").statements
    bench.row.receipt(Receipt("v1", ballot["payload"], 9), bench.now)
    bench.take()
    bench.console(FaceShown(1, bench.face))
    assert Lit("v1", ("001",)) in bench.wait(1.0).sayings


def test_presses_of_the_request_key_are_counted_in_a_row() -> None:
    bench = Bench().signed_in()
    assert bench.press("speak").sayings == [Speak("001", 1)]
    assert bench.press("speak").sayings == [Speak("001", 2)]
    bench.wait(4.0)
    assert bench.press("speak").sayings == [Speak("001", 1)]


class TestPhone:
    def test_the_seat_shows_the_digits_and_its_check_key_confirms(self) -> None:
        bench = Bench().signed_in()
        bench.hall(BIND)
        assert bench.face.lines[0] == "GAN DIEN THOAI"
        assert "1234 5678" in bench.face.lines[1]
        self.compared(bench)
        assert [ask.words for ask in bench.press("1").cards] == [BIND]
        assert bench.press("1").cards == []

    def compared(self, bench: Bench) -> None:
        """The console shows the digits, and the member looks at them."""
        bench.console(FaceShown(1, bench.face))
        bench.wait(COMPARE_S)

    def test_a_key_that_went_down_too_soon_after_the_digits_came_confirms_nothing(self) -> None:
        bench = Bench().signed_in()
        bench.hall(BIND)
        bench.wait(5.0)
        assert bench.press("1").cards == [], "the console hasn't said that it shows them"
        bench.console(FaceShown(1, bench.face))
        shown = bench.now
        bench.wait(COMPARE_S - 0.1)
        assert bench.press("1").cards == []
        bench.wait(5.0)
        assert bench.console(KeyPressed(1, "1", shown + 1.4)).cards == [], "a slow line brought it late"
        assert len(bench.press("1").cards) == 1

    def test_a_console_that_went_and_came_must_show_the_digits_anew(self) -> None:
        bench = Bench().signed_in()
        bench.hall(BIND)
        self.compared(bench)
        bench.console(ConsoleLost(1))
        bench.console(ConsoleUp(1, "DH-1", True))
        assert bench.press("1").cards == []
        self.compared(bench)
        assert len(bench.press("1").cards) == 1

    def test_nobody_takes_the_place_of_the_phone_that_is_compared(self) -> None:
        thief = replace(BIND, chal="c3", digits="8765 4321", key={"kty": "thief"})
        bench = Bench().signed_in()
        bench.hall(BIND)
        self.compared(bench)
        assert bench.hall(thief).sayings == [PhoneDeclined("001", "c3", "busy")]
        assert "1234 5678" in bench.face.lines[1]
        assert [ask.words for ask in bench.press("1").cards] == [BIND]
        bench.slot.pin_asked()
        bench.changed()
        assert bench.face.lines == ("PIN CHO DT 1234 5678", texts.PIN_WANTED[1])
        out = bench.hall(thief)
        assert (out.sayings, out.cards) == ([PhoneDeclined("001", "c3", "busy")], [])
        assert bench.face.lines == ("PIN CHO DT 1234 5678", texts.PIN_WANTED[1])
        seat = bench.row.seat("001")
        assert seat is not None
        seat.phone_signed({"payload": "signed"})
        assert bench.changed().statements == [{"payload": "signed"}]
        bench.hall(thief)
        assert "8765 4321" in bench.face.lines[1], "then the next may ask, with digits of its own"
        assert bench.press("1").cards == []

    def test_the_same_word_told_twice_asks_once(self) -> None:
        bench = Bench().signed_in()
        bench.hall(BIND)
        self.compared(bench)
        assert bench.hall(BIND).sayings == []
        assert len(bench.press("1").cards) == 1
        assert bench.hall(BIND).cards == []

    def test_the_code_for_a_phones_pin_stands_beside_the_digits(self) -> None:
        bench = Bench().signed_in()
        bench.hall(BIND)
        self.compared(bench)
        bench.press("1")
        bench.slot.pin_awaited("c2", "482193")
        bench.changed()
        assert bench.face.lines == ("PIN CHO DT 1234 5678", "MA 482193  GHE 001")

    def test_a_card_that_fails_frees_the_seat_for_the_next_phone(self) -> None:
        for fails in ("pin", "card", "pulled"):
            bench = Bench().signed_in()
            bench.hall(BIND)
            self.compared(bench)
            bench.press("1")
            seat = bench.row.seat("001")
            assert seat is not None
            if fails == "pin":
                seat.pin_failed("cancelled", None, bench.now)
            elif fails == "card":
                seat.card_unusable(bench.now)
            else:
                seat.card_pulled(bench.now)
            outcome = "no_session" if fails == "pulled" else "refused"
            assert PhoneDeclined("001", "c2", outcome) in bench.changed().sayings  # type: ignore[arg-type]
            assert seat.binding is None

    def test_the_second_key_declines_and_so_does_silence(self) -> None:
        bench = Bench().signed_in()
        bench.hall(BIND)
        assert bench.press("2").sayings == [PhoneDeclined("001", "c2", "refused")]
        bench.hall(BIND)
        assert PhoneDeclined("001", "c2", "timeout") in bench.wait(61.0).sayings

    def test_a_seat_that_votes_or_has_nobody_is_not_asked(self) -> None:
        assert Bench().hall(BIND).sayings == [PhoneDeclined("001", "c2", "no_session")]
        bench = Bench().voting()
        assert bench.hall(BIND).sayings == [PhoneDeclined("001", "c2", "no_session")]
        assert bench.press("1").cards == []

    def test_an_opening_vote_takes_the_keys_back(self) -> None:
        bench = Bench().signed_in()
        bench.hall(BIND)
        assert bench.hall(FORM).sayings == [PhoneDeclined("001", "c2", "no_session")]
        out = bench.press("1")
        assert out.cards == []
        assert len(out.statements) == 1


def test_the_clock_on_the_question_moves_by_fives_and_by_ones_at_the_end() -> None:
    bench = Bench().signed_in()
    bench.hall(replace(FORM, remaining_ms=17_000))
    seen = [bench.face.lines[0][-4:]]
    for _ in range(170):
        bench.wait(0.1)
        if bench.face.lines[0][-4:] != seen[-1]:
            seen.append(bench.face.lines[0][-4:])
    assert seen == [
        "0:15",
        "0:10",
        "0:09",
        "0:08",
        "0:07",
        "0:06",
        "0:05",
        "0:04",
        "0:03",
        "0:02",
        "0:01",
        "0:00",
    ]


def test_an_idle_row_sets_no_timer() -> None:
    bench = Bench().signed_in()
    bench.wait(10.0)
    assert bench.row.next_due() is None
