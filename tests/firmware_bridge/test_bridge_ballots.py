"""A seat's ballots: one under way at a time, repeated until it is answered, changed only where allowed."""

from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from firmware_bridge.ballots import Casting, Press
from firmware_bridge.messages import Jws


def sign(press: Press) -> tuple[str, Jws]:
    ballot = sha256(f"{press}".encode()).hexdigest()
    return ballot, {"payload": ballot}


def test_repeats_come_after_800_and_then_every_1600_ms() -> None:
    casting = Casting(True)
    casting.press("1", sign, 0.0)
    sent = []
    while len(sent) < 6 and casting.pending is not None:
        due = casting.pending.repeat_at
        assert casting.repeats_due(due - 0.001) is None
        assert casting.repeats_due(due) is not None
        sent.append(round(due, 3))
    assert sent == [0.8, 2.4, 4.0, 5.6, 7.2, 8.8]


def test_the_same_choice_again_sends_nothing() -> None:
    casting = Casting(True)
    assert casting.press("1", sign, 0.0) is not None
    assert casting.press("1", sign, 0.1) is None
    assert casting.pending is not None
    casting.receipt(casting.pending.ballot, "7F3A", sign, 0.2)
    assert casting.press("1", sign, 0.3) is None


def test_a_change_waits_for_the_first_receipt_and_names_that_ballot() -> None:
    casting = Casting(True)
    casting.press("1", sign, 0.0)
    assert casting.pending is not None
    first = casting.pending.ballot
    assert casting.press("2", sign, 0.1) is None
    assert casting.receipt(first, "7F3A", sign, 0.2) is not None
    assert casting.pending is not None
    assert casting.pending.press == Press("2", 2, first)


def test_a_change_of_mind_back_to_what_is_under_way_asks_for_nothing() -> None:
    casting = Casting(True)
    casting.press("1", sign, 0.0)
    casting.press("2", sign, 0.1)
    casting.press("1", sign, 0.2)
    assert casting.pending is not None
    assert casting.receipt(casting.pending.ballot, "7F3A", sign, 0.3) is None


def test_where_the_first_counts_nothing_follows() -> None:
    casting = Casting(False)
    casting.press("1", sign, 0.0)
    casting.press("2", sign, 0.1)
    assert casting.pending is not None
    assert casting.receipt(casting.pending.ballot, "7F3A", sign, 0.2) is None
    assert casting.press("3", sign, 0.3) is None


def test_after_a_final_refusal_the_next_press_starts_anew() -> None:
    casting = Casting(True)
    casting.press("1", sign, 0.0)
    assert casting.pending is not None
    casting.refuse(casting.pending.ballot, sign, 0.1)
    assert casting.pending is None
    assert casting.refused
    assert casting.press("1", sign, 0.2) is not None


def test_a_ballot_known_from_the_halls_state_only_is_changed_by_its_next_revision() -> None:
    casting = Casting(True)
    casting.told("ab" * 32, 3, "ABAB", 0.0)
    assert casting.press("1", sign, 1.0) is not None
    assert casting.pending is not None
    assert casting.pending.press == Press("1", 4, "ab" * 32)


def test_who_may_not_sign_sends_nothing() -> None:
    casting = Casting(True)
    assert casting.press("1", lambda _: None, 0.0) is None
    assert casting.pending is None


@given(st.lists(st.sampled_from("123"), min_size=1, max_size=8))
def test_the_last_press_is_what_is_recorded_in_the_end(keys: list[str]) -> None:
    casting = Casting(True)
    for key in keys:
        casting.press(key, sign, 0.0)
    while casting.pending is not None:
        casting.receipt(casting.pending.ballot, "7F3A", sign, 1.0)
    assert casting.recorded is not None
    assert casting.recorded.key == keys[-1]


class Seat(RuleBasedStateMachine):
    """Presses, receipts in any order and number, refusals, time: what holds after each."""

    def __init__(self) -> None:
        super().__init__()
        self.casting = Casting(True)
        self.now = 0.0
        self.given: list[str] = []

    def _sent(self, jws: Jws | None) -> None:
        if jws is not None:
            self.given.append(jws["payload"])

    @rule(key=st.sampled_from("123"))
    def press(self, key: str) -> None:
        self._sent(self.casting.press(key, sign, self.now))

    @rule(seconds=st.floats(0.05, 3))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        before = self.casting.pending
        again = self.casting.repeats_due(self.now)
        assert again is None or (before is not None and again == before.jws)

    @precondition(lambda self: self.given)
    @rule(data=st.data())
    def a_receipt_comes(self, data: st.DataObject) -> None:
        """For any ballot ever sent: late, doubled, out of order."""
        ballot = data.draw(st.sampled_from(self.given))
        waited = self.casting.pending is not None and self.casting.pending.ballot == ballot
        before = self.casting.recorded
        self._sent(self.casting.receipt(ballot, "7F3A", sign, self.now))
        assert waited or self.casting.recorded == before

    @precondition(lambda self: self.given)
    @rule(data=st.data())
    def a_refusal_comes(self, data: st.DataObject) -> None:
        before = self.casting.recorded
        self._sent(self.casting.refuse(data.draw(st.sampled_from(self.given)), sign, self.now))
        assert self.casting.recorded == before

    @invariant()
    def a_revision_follows_the_recorded_ballot(self) -> None:
        pending, recorded = self.casting.pending, self.casting.recorded
        if pending is not None:
            expected = (recorded.rev + 1, recorded.ballot) if recorded else (1, None)
            assert (pending.press.rev, pending.press.prev) == expected

    @invariant()
    def only_what_was_sent_is_recorded(self) -> None:
        assert self.casting.recorded is None or self.casting.recorded.ballot in self.given


Seat.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestSeat = Seat.TestCase
