"""When a ballot counts, and that there is one effective ballot a member whatever is sent."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from hall_controller import rulebooks
from tests.voting.a_sitting import (
    CHALLENGE,
    SECRETARY,
    Hall,
    hash_of,
    member,
    open_sitting,
    question,
    seat,
    sign_in,
    sitting_hall,
)
from voting import ballot
from voting import commands as c
from voting.errors import ImpossibleEvent, Refused
from voting.events import BallotRecorded
from voting.ids import ChoiceId, VoteId
from voting.meeting import Meeting, decide, evolve
from voting.refusals import AlreadyRecorded

V1 = VoteId("v1")


def opened(members: int = 9) -> Hall:
    hall = sitting_hall(members)
    hall.open()
    return hall


def refusal(hall: Hall, command: c.Command) -> Refused:
    with pytest.raises(Refused) as caught:
        decide(hall.meeting, command, hall.at)
    return caught.value


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"definition": "0" * 64}, "wrong_question"),
        ({"challenge": "BBBBBBBBBBBBBBBBBBBBBB"}, "wrong_challenge"),
        ({"choice": ChoiceId("maybe")}, "choice_unknown"),
        ({"choice": ChoiceId("1")}, "choice_unknown"),
        ({"member": member(2)}, "session_mismatch"),
        ({"seat": seat(2)}, "session_mismatch"),
        ({"seat": None}, "session_mismatch"),
        ({"channel": "mobile", "seat": None}, "session_mismatch"),
        ({"member": member(77)}, "not_a_member"),
        ({"session": "nobody"}, "not_signed_in"),
        ({"rev": 2}, "revision_stale"),
        ({"rev": 0}, "revision_stale"),
        ({"prev": hash_of("other")}, "revision_stale"),
    ],
)
def test_a_ballot_with_one_thing_wrong_is_refused(change: dict[str, Any], code: str) -> None:
    hall = opened()
    assert refusal(hall, replace(hall.ballot(1), **change)).code == code


def test_a_ballot_counts_and_the_same_again_is_already_recorded() -> None:
    hall = opened()
    command = hall.ballot(1)
    assert len(hall.do(command)) == 1
    again = refusal(hall, command)
    assert isinstance(again, AlreadyRecorded)
    assert again.ballot == command.ballot
    hall.close()
    hall.do(c.DeclareVote(V1, SECRETARY))
    hall.do(c.AdjournSitting(SECRETARY))
    assert isinstance(refusal(hall, command), AlreadyRecorded)


def test_a_changed_ballot_takes_the_place_of_the_earlier_and_both_stay() -> None:
    hall = opened()
    first = hall.cast(1, "approve")
    second = hall.cast(1, "reject")
    division = hall.vote()
    assert division.ballots[member(1)].ballot == second
    assert division.ballots[member(1)].rev == 2
    assert set(division.recorded) == {first, second}
    hall.close()
    assert hall.vote().result is not None
    assert hall.vote().result.counts == {"approve": 0, "reject": 1, "not_voting": 0}  # type: ignore[union-attr]


def test_a_change_that_names_an_older_ballot_is_refused() -> None:
    hall = opened()
    first = hall.cast(1)
    hall.cast(1, "reject")
    stale = replace(hall.ballot(1), rev=3, prev=first)
    assert refusal(hall, stale).code == "revision_stale"


def test_where_the_rule_book_allows_no_change_the_first_stays() -> None:
    text = rulebooks.text("vn.qh.2016-01-01").replace('"last_before_close"', '"first_only"')
    hall = Hall()
    hall.do(open_sitting(text=text))
    hall.sign_in(1)
    hall.open()
    hall.cast(1)
    assert refusal(hall, hall.ballot(1, "reject")).code == "ballot_final"


def test_phone_and_seat_make_one_effective_ballot() -> None:
    hall = opened()
    hall.sign_in(1, channel="mobile")
    hall.open_mobile(1)
    hall.cast(1, "approve")
    by_phone = hall.ballot(1, "reject", channel="mobile")
    late_first = replace(by_phone, rev=1, prev=None, ballot=hash_of("phone"))
    assert refusal(hall, late_first).code == "revision_stale"
    hall.do(by_phone)
    assert len(hall.vote().ballots) == 1
    assert hall.vote().ballots[member(1)].channel == "mobile"


def test_pulling_the_card_ends_the_session() -> None:
    hall = opened()
    hall.do(c.SignOut("seat-1", "card_removed"))
    assert refusal(hall, hall.ballot(1)).code == "session_ended"
    assert refusal(hall, sign_in(1)).code == "session_ended"


def test_an_expired_session_votes_no_more() -> None:
    hall = opened().later(8 * 3600)
    assert refusal(hall, hall.ballot(1)).code == "session_expired"


def test_a_secret_question_takes_no_signed_ballot() -> None:
    hall = sitting_hall()
    hall.open(kind="election")
    assert refusal(hall, hall.ballot(1)).code == "channel_not_allowed"


def test_the_grace_is_the_channels() -> None:
    """Seats 3 s, phones 6 s in this rule book."""
    hall = opened()
    hall.sign_in(2, channel="mobile")
    hall.open_mobile(2)
    at_seat, by_phone = hall.ballot(1), hall.ballot(2, channel="mobile")
    hall.do(c.CloseVote(V1, SECRETARY))
    hall.later(3)
    decide(hall.meeting, at_seat, hall.at)
    hall.later(0.001)
    assert refusal(hall, at_seat).code == "vote_time_up"
    hall.later(2.999).do(by_phone)
    hall.do(c.EndClosing(V1))
    assert refusal(hall, hall.ballot(3)).code == "vote_time_up"


def test_a_held_vote_says_send_it_again() -> None:
    hall = opened()
    hall.do(c.HoldVote(V1, "Mất điện", SECRETARY))
    waiting = refusal(hall, hall.ballot(1))
    assert waiting.code == "vote_on_hold"
    assert not waiting.final


def test_the_form_leaves_choice_and_person_to_the_signer() -> None:
    hall = sitting_hall()
    hall.announce()
    assert ballot.form(hall.meeting, V1, "x/y/2026")["form"]["chal"] is None
    hall.do(c.OpenVote(V1, CHALLENGE, SECRETARY))
    assert ballot.form(hall.meeting, V1, "x/y/2026") == {
        "form": {
            "log": "x/y/2026",
            "sit": "phien-1",
            "vote": "v1",
            "def": hall.vote().definition_hash,
            "chal": CHALLENGE,
        },
        "keys": {"1": "approve", "2": "reject", "3": "not_voting"},
    }


def test_the_definition_is_what_the_spec_says() -> None:
    hall = opened()
    division = hall.vote()
    assert division.definition == {
        "v": 1,
        "sit": "phien-1",
        "vote": "v1",
        "round": 1,
        "supersedes": None,
        "kind": "poll",
        "item": {"vi": "Dự thảo Luật", "en": "Draft law"},
        "item_id": None,
        "title": {"vi": "Khoản 8 Điều 5", "en": "Article 5(8)"},
        "option": None,
        "rule": {
            "book": "vn.qh.2016-01-01",
            "sha256": hall.meeting.sitting.rulebook.sha256 if hall.meeting.sitting else "",
            "id": "vn.qh.more_than_half_of_all",
        },
        "choices": ["approve", "reject", "not_voting"],
        "roll": 9,
    }
    canonical = rfc8785.dumps(dict(division.definition))
    assert division.definition_hash == sha256(canonical).hexdigest()


def test_the_definition_can_be_asked_again_after_the_announcement() -> None:
    """The journal writes it into the entry after the deciding; a recount compares it."""
    hall = opened()
    hall.close()
    hall.do(c.AnnounceVote(VoteId("v2"), question(), SECRETARY, V1, "Chưa nghe rõ", "Chủ tọa"))
    again = ballot.definition(hall.meeting, VoteId("v2"), question(), 2)
    assert again == hall.vote("v2").definition
    assert again["supersedes"] == "v1"


@pytest.mark.parametrize(
    "event",
    [
        BallotRecorded(
            V1, hash_of("x"), member(1), seat(1), "seat", "seat-1", ChoiceId("approve"), 2, None
        ),
        BallotRecorded(V1, hash_of("x"), member(1), seat(1), "seat", "seat-1", None, 1, None),
    ],
)
def test_a_log_whose_ballots_do_not_follow_each_other_is_broken(event: BallotRecorded) -> None:
    hall = opened()
    with pytest.raises(ImpossibleEvent):
        evolve(hall.meeting, event, hall.at)


def test_a_reader_without_ballots_knows_that_they_were_recorded() -> None:
    hall = opened()
    event = BallotRecorded(V1, hash_of("x"), None, None, None, None, None, None, None)
    after = evolve(hall.meeting, event, hall.at)
    assert len(after.votes[V1].recorded) == 1
    assert not after.votes[V1].ballots
    with pytest.raises(ImpossibleEvent):
        evolve(after, event, hall.at)


act = st.tuples(
    st.integers(1, 4),
    st.sampled_from(["approve", "reject", "not_voting"]),
    st.sampled_from(["cast", "cast", "replay", "stale", "phone", "sign out", "sign in"]),
    st.integers(0, 30),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(act, max_size=30))
def test_one_effective_ballot_whatever_is_sent(acts: list[tuple[int, str, str, int]]) -> None:
    hall = opened(4)
    sent: list[c.CastBallot] = []
    accepted: dict[str, str] = {}
    for step, (n, choice, what, pick) in enumerate(acts):
        command: c.Command
        if what == "sign out":
            command = c.SignOut(f"seat-{n}", "card_removed")
        elif what == "sign in":
            command = sign_in(n, f"seat-{n}-{step}", at=hall.at)
        elif what == "replay" and sent:
            command = sent[pick % len(sent)]
        else:
            command = hall.ballot(n, choice, channel="mobile" if what == "phone" else "seat")
            if what == "stale":
                command = replace(command, rev=1, prev=None, ballot=hash_of(f"stale {step}"))
            sent.append(command)
        before = hall.meeting
        try:
            hall.do(command)
        except Refused:
            assert hall.meeting is before
            continue
        if isinstance(command, c.CastBallot):
            accepted[command.member] = command.ballot
    division = hall.vote()
    assert {m: e.ballot for m, e in division.ballots.items()} == accepted
    assert len(division.recorded) >= len(division.ballots)
    hall.close()
    result = hall.vote().result
    assert result is not None
    assert sum(result.counts.values()) == result.participated == len(accepted) <= result.present


def test_folding_the_log_again_gives_the_same_meeting_whenever_it_is_done() -> None:
    hall = opened()
    hall.cast(1)
    hall.later(2).cast(2, "reject")
    hall.later(1).do(c.HoldVote(V1, "Mất điện", SECRETARY))
    hall.later(10).do(c.ResumeVote(V1, SECRETARY))
    hall.close()
    folded = Meeting.empty()
    for event, at in hall.log:
        folded = evolve(folded, event, at)
    assert folded == hall.meeting
    shifted = Meeting.empty()
    for event, at in hall.log:
        shifted = evolve(shifted, event, at + timedelta(days=400))
    assert shifted.votes[V1].ballots == hall.vote().ballots
    assert shifted.votes[V1].result == hall.vote().result
    assert shifted.votes[V1].held_for == hall.vote().held_for


def test_a_ballot_costs_little_in_a_full_hall() -> None:
    """Persistent maps: the older meeting stays, nothing of 500 entries is copied."""
    hall = opened(500)
    before = hall.meeting
    for n in range(1, 501):
        hall.cast(n)
    assert len(before.votes[V1].ballots) == 0
    assert len(hall.vote().ballots) == 500
