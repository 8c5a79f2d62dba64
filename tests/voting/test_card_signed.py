"""Kinds of question in which the member's card signs each ballot itself, beside its session."""

from dataclasses import replace

import pytest

from tests.card_rules import signed_by_card
from tests.voting.a_sitting import BOOK, SECRETARY, Hall, open_sitting, seat
from voting import commands as c
from voting import rulebook
from voting.errors import Refused, RuleBookFaulty
from voting.events import BallotRecorded
from voting.ids import VoteId
from voting.meeting import decide

V1 = VoteId("v1")


def a_hall(kind: str = "poll") -> Hall:
    hall = Hall()
    hall.do(open_sitting(text=signed_by_card(BOOK, "poll")))
    for n in (1, 2, 3):
        hall.sign_in(n, f"seat-{n}")
    hall.open(kind=kind)
    return hall


def by_card(hall: Hall, n: int = 1, choice: str = "approve") -> c.CastBallot:
    return replace(hall.ballot(n, choice), session=None)


def code(hall: Hall, command: c.Command) -> str:
    with pytest.raises(Refused) as refused:
        decide(hall.meeting, command, hall.at)
    return refused.value.code


def test_the_card_signs_and_changes_and_both_stay_on_record() -> None:
    hall = a_hall()
    (first,) = hall.do(by_card(hall))
    assert isinstance(first, BallotRecorded)
    assert first.session is None
    hall.do(by_card(hall, choice="reject"))
    assert [one.choice for one in hall.vote().ballots.values()] == ["reject"]
    hall.close()
    assert hall.vote().took_part == 1


def test_a_session_key_is_not_enough_where_the_card_is_wanted() -> None:
    hall = a_hall()
    assert code(hall, hall.ballot(1)) == "card_signature_needed"


def test_the_card_is_not_asked_where_the_session_signs() -> None:
    hall = a_hall("resolution")
    assert code(hall, by_card(hall)) == "card_signature_not_asked"


def test_who_signs_by_card_is_signed_in_at_that_seat_now() -> None:
    hall = a_hall()
    assert code(hall, replace(by_card(hall), seat=seat(2))) == "session_mismatch"
    assert code(hall, by_card(hall, 4)) == "not_signed_in"
    hall.do(c.SignOut("seat-1", "card_removed"))
    assert code(hall, by_card(hall)) == "not_signed_in"
    assert code(hall.later(20 * 3600), by_card(hall, 2)) in ("session_expired", "vote_time_up")


def test_a_phone_can_not_be_asked_for_a_cards_signature() -> None:
    text = signed_by_card(BOOK, "poll").replace('signed_by = "card"\n', "", 1)
    table = text.index("[kinds.poll]")
    faulty = text[:table] + text[table:].replace("ways = [", 'signed_by = "card"\nways = ["mobile", ', 1)
    with pytest.raises(RuleBookFaulty, match="phone has no card"):
        rulebook.parse(faulty)


def test_no_shipped_book_asks_for_it_and_the_word_is_one_of_two() -> None:
    text = signed_by_card(BOOK, "poll").replace('signed_by = "card"', 'signed_by = "stamp"')
    with pytest.raises(RuleBookFaulty, match="signed_by"):
        rulebook.parse(text)


def test_the_officer_sees_the_vote_like_any_other() -> None:
    hall = a_hall()
    hall.do(by_card(hall, 2))
    hall.close()
    hall.do(c.DeclareVote(V1, SECRETARY))
    assert hall.vote().phase.value == "declared"
