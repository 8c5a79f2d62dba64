"""The account of the seats, the seats to be looked at, and whether they could have changed the result."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.voting.a_sitting import CHAIR, SECRETARY, Hall, member, seat, sitting_hall
from voting import commands as c
from voting.errors import Refused
from voting.ids import VoteId
from voting.seat_account import is_awaited
from voting.seat_units import SeatAccount, SeatSeen, from_plain, to_plain
from voting.suspects import Advice, Suspect, advice, suspects

V1 = VoteId("v1")
WELL = SeatSeen(shown=90, pressed=4000, lit=4600)
IDLE = SeatSeen(shown=90)


def accounted(hall: Hall, *seen: SeatSeen) -> Advice:
    """Closes the vote; the units of seats 1, 2, … did this."""
    hall.do(c.CloseVote(V1, SECRETARY))
    hall.later(60).do(c.EndClosing(V1))
    hall.do(c.AccountForSeats(V1, {seat(n): one for n, one in enumerate(seen, start=1)}))
    hall.do(c.ComputeResult(V1))
    found = advice(hall.vote(), hall.meeting.sitting_of(hall.vote()))
    assert found is not None
    return found


def voted(approve: int, reject: int, present: int = 9) -> Hall:
    hall = sitting_hall(9, range(1, present + 1))
    hall.open(duration_s=300)
    hall.later(5)
    for n in range(1, approve + 1):
        hall.cast(n)
    for n in range(approve + 1, approve + reject + 1):
        hall.cast(n, "reject")
    return hall


def reasons(found: Advice) -> dict[str, str]:
    return {one.seat: one.reason for one in found.suspects}


def test_a_vote_without_trouble_has_no_suspects() -> None:
    found = accounted(voted(6, 3), *[WELL] * 9)
    assert found == Advice((), 2, False)


def test_the_account_says_what_is_recorded_of_each_member_and_no_choice() -> None:
    hall = voted(2, 1, present=4)
    accounted(hall, WELL, WELL, IDLE, IDLE)
    account = hall.vote().account
    assert account is not None
    assert [one.recorded for one in account[:5]] == [5000, 5000, 5000, None, None]
    assert [one.present for one in account] == [True] * 4 + [False] * 5
    assert all("approve" not in str(one) and "reject" not in str(one) for one in account)
    assert tuple(map(from_plain, map(to_plain, account))) == account


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (SeatSeen(shown=90, pressed=4000), "not_recorded"),
        (SeatSeen(shown=90, pressed=4000, offline=4100), "not_recorded"),
        (SeatSeen(shown=90, offline=4100), "offline"),
        (SeatSeen(offline=0), "offline"),
        (SeatSeen(), "not_shown"),
        (IDLE, None),
    ],
)
def test_a_present_member_without_a_ballot(seen: SeatSeen, reason: str | None) -> None:
    found = accounted(voted(0, 0), seen, *[IDLE] * 8)
    assert reasons(found) == ({} if reason is None else {"001": reason})


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (WELL, None),
        (replace(WELL, offline=2000), None),
        (replace(WELL, lit=None), "not_lit"),
        (SeatSeen(lit=4600), None),
    ],
)
def test_a_member_with_a_ballot(seen: SeatSeen, reason: str | None) -> None:
    found = accounted(voted(1, 0), seen, *[IDLE] * 8)
    assert reasons(found) == ({} if reason is None else {"001": reason})


def test_an_absent_members_seat_has_no_wish_to_lose() -> None:
    assert accounted(voted(3, 0, present=3), *[WELL] * 3).suspects == ()


def test_a_ballot_by_phone_stands_whatever_the_seat_did() -> None:
    hall = voted(0, 0)
    hall.sign_in(1, channel="mobile")
    hall.open_mobile(1)
    hall.do(hall.ballot(1, channel="mobile"))
    found = accounted(hall, SeatSeen(pressed=10), *[IDLE] * 8)
    assert reasons(found) == {}
    assert hall.vote().account[0].by_phone  # type: ignore[index]


LOST, UNLIT = SeatSeen(shown=90, pressed=4000), SeatSeen(shown=90, pressed=4000)


def test_a_lost_press_matters_where_one_vote_is_missing() -> None:
    """More than half of nine members: four in favour, and one pressed what isn't recorded."""
    found = accounted(voted(4, 1), *[WELL] * 5, LOST, *[IDLE] * 3)
    assert found == Advice((Suspect(seat(6), member(6), "not_recorded"),), 1, True)


def test_a_lost_press_can_not_undo_what_all_members_are_the_base_of() -> None:
    """Adopted with five of nine: another vote against takes none of the five away."""
    found = accounted(voted(5, 1), *[WELL] * 6, LOST, *[IDLE] * 2)
    assert (found.margin, found.revote, len(found.suspects)) == (1, False, 1)


def test_a_lamp_that_never_lit_may_stand_for_another_choice() -> None:
    found = accounted(voted(5, 1), UNLIT, *[WELL] * 5, *[IDLE] * 3)
    assert (reasons(found), found.revote) == ({"001": "not_lit"}, True)


def test_too_few_to_matter() -> None:
    found = accounted(voted(2, 1), *[WELL] * 3, LOST, LOST, *[IDLE] * 4)
    assert (found.margin, found.revote, len(found.suspects)) == (3, False, 2)


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 4))
def test_a_re_vote_is_recommended_only_within_the_margin(approve: int, reject: int, lost: int) -> None:
    approve = min(approve, 9 - lost)
    reject = min(reject, 9 - lost - approve)
    rest = 9 - approve - reject - lost
    found = accounted(voted(approve, reject), *[WELL] * (approve + reject), *[LOST] * lost, *[IDLE] * rest)
    assert len(found.suspects) == lost
    assert found.margin is not None
    assert not found.revote or lost >= found.margin
    assert found.revote == (approve < 5 <= approve + lost)


def test_it_is_given_once_in_an_open_ballot_only() -> None:
    hall = voted(5, 1)
    accounted(hall, *[WELL] * 9)
    assert not is_awaited(hall.vote())
    with pytest.raises(Refused) as twice:
        hall.do(c.AccountForSeats(V1, {}))
    assert twice.value.code == "seats_already_accounted"
    hall.do(c.DeclareVote(V1, CHAIR))
    with pytest.raises(Refused):
        hall.do(c.AccountForSeats(V1, {}))


def test_a_secret_vote_has_none() -> None:
    hall = sitting_hall()
    kinds = hall.meeting.sitting.rulebook.kinds  # type: ignore[union-attr]
    secret = next(kind.id for kind in kinds.values() if kind.secret)
    hall.open(kind=secret, duration_s=None)
    hall.do(c.CloseVote(V1, SECRETARY))
    hall.later(60).do(c.EndClosing(V1))
    assert not is_awaited(hall.vote())
    with pytest.raises(Refused) as none:
        hall.do(c.AccountForSeats(V1, {}))
    assert none.value.code == "no_seats_to_account_for"


def test_where_it_is_withheld_nothing_is_said() -> None:
    hall = voted(5, 1)
    accounted(hall, *[WELL] * 9)
    blind = replace(hall.vote(), account=None)
    assert advice(blind, hall.meeting.sitting_of(blind)) is None
    assert suspects(()) == ()
    assert isinstance(hall.vote().account[0], SeatAccount)  # type: ignore[index]
