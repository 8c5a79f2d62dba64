"""A seat's ballots while the member's phone votes too: the chain of revisions, whatever is lost or late."""

from hashlib import sha256

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from firmware_bridge.ballots import SAME_ACT_S, Casting, Press
from firmware_bridge.messages import Jws

PHONES = "f0" * 32


def sign(press: Press) -> tuple[str, Jws]:
    ballot = sha256(f"{press}".encode()).hexdigest()
    return ballot, {"payload": ballot}


def pressed(key: str = "1") -> Casting:
    casting = Casting(True)
    casting.press(key, sign, 0.0)
    return casting


def waiting(casting: Casting) -> str:
    assert casting.pending is not None
    return casting.pending.ballot


def test_a_ballot_by_phone_takes_the_place_of_the_seats_and_is_gone_on_from() -> None:
    casting = pressed()
    casting.receipt(waiting(casting), "7F3A", sign, 0.1)
    casting.told(PHONES, 2, "F0F0", 1.0, by_phone=True)
    assert casting.recorded is not None
    assert (casting.recorded.ballot, casting.recorded.key, casting.recorded.by_phone) == (
        PHONES,
        None,
        True,
    )
    assert casting.press("1", sign, 2.0) is not None
    assert casting.pending is not None
    assert casting.pending.press == Press("1", 3, PHONES)


def test_an_older_word_of_the_phone_changes_nothing() -> None:
    casting = Casting(True)
    casting.told(PHONES, 1, "F0F0", 0.0, by_phone=True)
    casting.press("2", sign, 1.0)
    casting.receipt(waiting(casting), "7F3A", sign, 1.1)
    now = casting.recorded
    casting.told(PHONES, 1, "F0F0", 1.2, by_phone=True)
    assert casting.recorded == now


def test_a_late_receipt_does_not_hide_the_phones_later_ballot() -> None:
    casting = pressed()
    casting.told(PHONES, 2, "F0F0", 0.1, by_phone=True)
    casting.receipt(waiting(casting), "7F3A", sign, 0.2)
    assert casting.pending is None
    assert casting.recorded is not None
    assert casting.recorded.ballot == PHONES


def test_a_stale_press_is_signed_once_more_and_only_once() -> None:
    casting = pressed()
    assert casting.stale(waiting(casting))
    assert casting.go_on(sign, 0.1) is None, "nothing is known yet"
    casting.told(PHONES, 1, "F0F0", 0.2, by_phone=True)
    assert casting.go_on(sign, 0.2) is not None
    assert casting.pending is not None
    assert casting.pending.press == Press("1", 2, PHONES)
    assert not casting.stale(waiting(casting))


def test_of_presses_in_a_row_the_last_is_signed_on_the_ballot_in_force() -> None:
    casting = pressed()
    casting.press("3", sign, 0.05)
    casting.stale(waiting(casting))
    casting.told(PHONES, 1, "F0F0", 0.2, by_phone=True)
    casting.go_on(sign, 0.2)
    assert casting.pending is not None
    assert casting.pending.press == Press("3", 2, PHONES)


def test_a_press_that_waited_long_gives_way_to_the_phone() -> None:
    casting = pressed()
    casting.stale(waiting(casting))
    late = SAME_ACT_S + 0.1
    casting.told(PHONES, 1, "F0F0", late, by_phone=True)
    assert casting.go_on(sign, late) is None
    assert casting.pending is None
    assert casting.press("1", sign, late + 0.1) is not None, "pressed again it counts"


def test_where_the_first_counts_a_stale_press_is_not_signed_again() -> None:
    casting = Casting(False)
    casting.press("1", sign, 0.0)
    casting.stale(waiting(casting))
    casting.told(PHONES, 1, "F0F0", 0.2, by_phone=True)
    assert casting.go_on(sign, 0.2) is None
    assert casting.pending is None


class TwoChannels(RuleBasedStateMachine):
    """A hall that takes what follows the ballot in force, a phone that knows it, a seat that may not."""

    def __init__(self) -> None:
        super().__init__()
        self.casting = Casting(True)
        self.now = 0.0
        self.chain: list[tuple[str, bool]] = []
        """Ballots in force one after the other; True: by phone."""
        self.sent: dict[str, Press] = {}
        self.acts = 0

    def _sign(self, press: Press) -> tuple[str, Jws]:
        self.acts += 1  # the nonce
        ballot = sha256(f"{press} {self.acts}".encode()).hexdigest()
        self.sent[ballot] = press
        return ballot, {"payload": ballot}

    def _tell(self) -> None:
        if self.chain:
            ballot, by_phone = self.chain[-1]
            self.casting.told(ballot, len(self.chain), "CODE", self.now, by_phone)

    def _answer(self, ballot: str) -> None:
        """The hall's answer to one of the seat's ballots, and it arrives."""
        press = self.sent[ballot]
        if ballot not in [known for known, _ in self.chain]:
            in_force = self.chain[-1][0] if self.chain else None
            if (press.rev, press.prev) != (len(self.chain) + 1, in_force):
                if not self.casting.stale(ballot):
                    self.casting.refuse(ballot, self._sign, self.now)
                return
            self.chain.append((ballot, False))
        self.casting.receipt(ballot, "CODE", self._sign, self.now)

    @rule(key=st.sampled_from("123"))
    def the_seat_presses(self, key: str) -> None:
        self.casting.press(key, self._sign, self.now)

    @rule()
    def the_phone_votes(self) -> None:
        self.acts += 1
        self.chain.append((sha256(f"phone {self.acts}".encode()).hexdigest(), True))

    @rule(seconds=st.floats(0.05, 2))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def a_ballot_arrives_and_is_answered(self, data: st.DataObject) -> None:
        """Any that was ever sent: late, doubled, out of order."""
        self._answer(data.draw(st.sampled_from(sorted(self.sent))))

    @precondition(lambda self: self.sent)
    @rule(data=st.data())
    def a_ballot_is_recorded_and_the_receipt_lost(self, data: st.DataObject) -> None:
        ballot = data.draw(st.sampled_from(sorted(self.sent)))
        press, in_force = self.sent[ballot], self.chain[-1][0] if self.chain else None
        if (press.rev, press.prev) == (len(self.chain) + 1, in_force):
            self.chain.append((ballot, False))

    @rule()
    def the_seat_is_told(self) -> None:
        self._tell()
        self.casting.go_on(self._sign, self.now)

    @invariant()
    def what_the_seat_holds_recorded_was_in_force_at_that_revision(self) -> None:
        known = self.casting.recorded
        assert known is None or self.chain[known.rev - 1][0] == known.ballot

    @invariant()
    def it_comes_to_rest_on_the_ballot_in_force(self) -> None:
        """Once nothing is lost any more a few answers are enough; tried on a copy of everything."""
        rest = TwoChannels()
        rest.casting.recorded, rest.casting.pending = self.casting.recorded, self.casting.pending
        rest.casting._next = self.casting._next
        rest.now, rest.acts, rest.chain, rest.sent = self.now, self.acts, [*self.chain], {**self.sent}
        for _ in range(4):
            if rest.casting.pending is not None:
                rest._answer(rest.casting.pending.ballot)
            rest.the_seat_is_told()
        assert rest.casting.pending is None
        if rest.chain:
            assert rest.casting.recorded is not None
            assert rest.casting.recorded.ballot == rest.chain[-1][0]


TwoChannels.TestCase.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)
TestTwoChannels = TwoChannels.TestCase
