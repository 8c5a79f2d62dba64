"""From the close to the declaration: hand count, casting vote, void, re-vote."""

from collections.abc import Mapping

import pytest

from tests.voting.a_sitting import CHAIR, SECRETARY, Hall, member, open_sitting, question, sitting_hall
from voting import commands as c
from voting import tally
from voting.division import Phase
from voting.errors import Refused
from voting.ids import ChoiceId, OfficerId, VoteId
from voting.meeting import decide

V1, V2 = VoteId("v1"), VoteId("v2")
FIRST, SECOND = OfficerId("thu-ky-1"), OfficerId("thu-ky-2")


def figures(approve: int, reject: int, not_voting: int = 0, **more: int) -> Mapping[ChoiceId, int]:
    named = {"approve": approve, "reject": reject, "not_voting": not_voting, **more}
    return {ChoiceId(name): n for name, n in named.items()}


def refused(hall: Hall, command: c.Command) -> str:
    with pytest.raises(Refused) as caught:
        decide(hall.meeting, command, hall.at)
    return caught.value.code


def opened(kind: str = "poll") -> Hall:
    hall = sitting_hall()
    hall.open(kind=kind)
    return hall


def commons() -> Hall:
    """Eight members, a rule with a casting vote."""
    hall = sitting_hall(8, book="uk.commons.2011-09-15")
    hall.open(kind="motion")
    return hall


def test_half_of_all_is_not_enough() -> None:
    hall = sitting_hall(8)
    hall.open()
    for n in range(1, 5):
        hall.cast(n)
    hall.close()
    result = hall.vote().result
    assert result is not None
    assert (result.outcome, result.roll, result.present, result.participated) == ("rejected", 8, 8, 4)
    hall.do(c.DeclareVote(V1, CHAIR))
    assert hall.vote().phase is Phase.DECLARED
    assert hall.vote().declared_at == hall.at


def test_who_voted_and_left_is_counted_as_present() -> None:
    hall = sitting_hall(5, present=[1, 2])
    hall.open()
    hall.cast(1)
    hall.do(c.SignOut("seat-1", "card_removed"))
    assert hall.meeting.present == 1
    hall.close()
    assert hall.vote().present == 2


def test_a_hand_count_counts_when_two_clerks_entered_the_same() -> None:
    hall = opened()
    hall.do(c.EnterHandCount(V1, figures(5, 3), FIRST))
    assert hall.vote().hand_count is None
    assert refused(hall, hall.ballot(1)) == "counted_by_hand"
    hall.do(c.EnterHandCount(V1, figures(5, 2), SECOND))
    assert hall.vote().hand_count is None
    hall.do(c.EnterHandCount(V1, figures(5, 3), SECOND))
    assert hall.vote().hand_count == figures(5, 3)
    assert refused(hall, c.EnterHandCount(V1, figures(5, 3), FIRST)) == "hand_count_confirmed"
    hall.close()
    result = hall.vote().result
    assert result is not None
    assert (result.outcome, result.counts["approve"], result.participated) == ("adopted", 5, 8)


def test_one_clerk_twice_is_not_two() -> None:
    hall = opened()
    hall.do(c.EnterHandCount(V1, figures(5, 3), FIRST))
    hall.do(c.EnterHandCount(V1, figures(5, 3), FIRST))
    hall.do(c.CloseVote(V1, SECRETARY))
    hall.later(60).do(c.EndClosing(V1))
    assert refused(hall, c.ComputeResult(V1)) == "hand_count_unconfirmed"
    hall.do(c.EnterHandCount(V1, figures(5, 3), SECOND))
    hall.do(c.ComputeResult(V1))


def test_hands_are_not_added_to_ballots() -> None:
    hall = opened()
    hall.cast(1)
    assert refused(hall, c.EnterHandCount(V1, figures(5, 3), FIRST)) == "ballots_already_cast"


@pytest.mark.parametrize(
    "wrong",
    [
        figures(5, 5),
        figures(-1, 3),
        {ChoiceId("approve"): 5},
        figures(1, 1, maybe=1),
        figures(8, 1, invalid=1),
    ],
)
def test_a_hand_count_that_cannot_be_is_refused(wrong: Mapping[ChoiceId, int]) -> None:
    assert refused(opened(), c.EnterHandCount(V1, wrong, FIRST)) == "hand_count_impossible"


def test_papers_of_a_secret_ballot_have_invalid_ones_among_them() -> None:
    hall = opened("election")
    papers = {ChoiceId("approve"): 5, ChoiceId("reject"): 2, tally.INVALID: 1}
    hall.do(c.EnterHandCount(V1, papers, FIRST))
    hall.do(c.EnterHandCount(V1, papers, SECOND))
    hall.close()
    result = hall.vote().result
    assert result is not None
    assert (result.outcome, result.invalid, result.participated) == ("elected", 1, 8)


def test_a_vote_by_papers_alone_has_no_result_before_they_are_counted() -> None:
    hall = opened("election")
    hall.do(c.CloseVote(V1, SECRETARY))
    hall.do(c.EndClosing(V1))
    assert refused(hall, c.ComputeResult(V1)) == "hand_count_unconfirmed"


def test_a_tie_waits_for_the_casting_vote_which_is_an_act_of_its_own() -> None:
    hall = commons()
    hall.cast(1, "approve")
    hall.cast(2, "reject")
    hall.do(c.CloseVote(V1, SECRETARY))
    hall.later(60).do(c.EndClosing(V1))
    assert refused(hall, c.GiveCastingVote(V1, ChoiceId("reject"), CHAIR)) == "result_not_computed"
    hall.do(c.ComputeResult(V1))
    assert refused(hall, c.DeclareVote(V1, CHAIR)) == "casting_vote_needed"
    assert refused(hall, c.GiveCastingVote(V1, ChoiceId("maybe"), CHAIR)) == "choice_unknown"
    hall.do(c.GiveCastingVote(V1, ChoiceId("reject"), CHAIR))
    assert refused(hall, c.GiveCastingVote(V1, ChoiceId("approve"), CHAIR)) == "vote_not_tied"
    assert refused(hall, c.DeclareVote(V1, CHAIR)) == "result_not_computed"
    hall.do(c.ComputeResult(V1))
    assert refused(hall, c.ComputeResult(V1)) == "result_already_computed"
    hall.do(c.DeclareVote(V1, CHAIR))
    result = hall.vote().result
    assert result is not None
    assert (result.outcome, result.casting_vote, result.counts) == (
        "rejected",
        "reject",
        {"approve": 1, "reject": 1},
    )


def test_without_a_tie_there_is_no_casting_vote() -> None:
    hall = commons()
    hall.cast(1, "approve")
    hall.close()
    assert refused(hall, c.GiveCastingVote(V1, ChoiceId("reject"), CHAIR)) == "vote_not_tied"


def test_too_few_taking_part_make_it_void() -> None:
    hall = sitting_hall(9, book="kr.na.1988-02-25")
    hall.open(kind="impeachment")
    papers = {ChoiceId("approve"): 5, ChoiceId("reject"): 0, ChoiceId("abstain"): 0}
    hall.do(c.EnterHandCount(V1, papers, FIRST))
    hall.do(c.EnterHandCount(V1, papers, SECOND))
    hall.close()
    assert hall.vote().result is not None
    assert hall.vote().result.outcome == "void"  # type: ignore[union-attr]


def test_a_re_vote_supersedes_with_reason_and_orderer_and_both_stay() -> None:
    hall = opened()
    hall.cast(1)
    hall.close()
    hall.do(c.DeclareVote(V1, CHAIR))
    first = hall.vote().result
    for missing in (c.AnnounceVote(V2, question(), SECRETARY, V1, "", "Chủ tọa"),
                    c.AnnounceVote(V2, question(), SECRETARY, V1, "Chưa nghe rõ", " ")):  # fmt: skip
        assert refused(hall, missing) == "reason_missing"
    events = hall.do(c.AnnounceVote(V2, question(), SECRETARY, V1, "Chưa nghe rõ", "Chủ tọa"))
    assert [type(event).__name__ for event in events] == ["VoteSuperseded", "VoteAnnounced"]
    old, new = hall.vote("v1"), hall.vote("v2")
    assert (old.phase, old.superseded_by, old.result) == (Phase.SUPERSEDED, V2, first)
    assert (old.supersede_reason, old.ordered_by) == ("Chưa nghe rõ", "Chủ tọa")
    assert (new.round, new.supersedes, len(new.ballots)) == (2, V1, 0)
    assert new.definition["supersedes"] == "v1"
    assert [division.id for division in hall.meeting.divisions] == ["v1", "v2"]


def test_a_ballot_of_the_first_vote_does_not_count_in_the_second() -> None:
    hall = opened()
    old = hall.ballot(2)
    hall.close()
    hall.do(c.AnnounceVote(V2, question(), SECRETARY, V1, "Chưa nghe rõ", "Chủ tọa"))
    hall.do(c.OpenVote(V2, "another-challenge", SECRETARY))
    assert refused(hall, old) == "vote_time_up"
    assert member(2) not in hall.vote("v2").ballots


def test_a_cancelled_re_vote_can_itself_be_repeated() -> None:
    hall = opened()
    hall.close()
    hall.do(c.AnnounceVote(V2, question(), SECRETARY, V1, "Chưa nghe rõ", "Chủ tọa"))
    hall.do(c.CancelVote(V2, "Nhầm nội dung", CHAIR))
    hall.do(c.AnnounceVote(VoteId("v3"), question(), SECRETARY, V2, "Nhầm nội dung", "Chủ tọa"))
    assert hall.vote("v3").round == 3


def test_repeating_a_vote_that_never_was_is_refused() -> None:
    hall = sitting_hall()
    command = c.AnnounceVote(V2, question(), SECRETARY, V1, "Chưa nghe rõ", "Chủ tọa")
    assert refused(hall, command) == "vote_unknown"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (c.Question(question().kind, {"vi": "Có", "en": ""}, {"vi": "a", "en": "b"}), "question_unclear"),
        (question("wish"), "kind_unknown"),
    ],
)
def test_a_question_that_cannot_be_put(changed: c.Question, code: str) -> None:
    assert refused(sitting_hall(), c.AnnounceVote(V1, changed, SECRETARY)) == code


def test_votes_of_an_earlier_sitting_stay_readable_and_closed() -> None:
    hall = opened()
    hall.cast(1)
    hall.close()
    hall.do(c.DeclareVote(V1, CHAIR))
    hall.do(c.AdjournSitting(SECRETARY))
    hall.do(open_sitting(12, book="vn.qh.2016-01-01", id="phien-2"))
    assert hall.vote().roll == 9
    assert hall.meeting.sitting_of(hall.vote()).id == "phien-1"
    assert hall.meeting.current is None
    assert refused(hall, c.CancelVote(V1, "x", CHAIR)) == "vote_unknown"
    hall.announce("v2")
    assert hall.vote("v2").roll == 12
    again = c.AnnounceVote(V1, question(), SECRETARY)
    hall.do(c.CancelVote(V2, "x", CHAIR))
    assert refused(hall, again) == "vote_id_taken"


def test_hands_replace_the_result_of_no_ballots_until_it_is_declared() -> None:
    hall = opened()
    hall.close()
    assert hall.vote().result is not None
    assert hall.vote().result.participated == 0  # type: ignore[union-attr]
    hall.do(c.EnterHandCount(V1, figures(5, 3), FIRST))
    assert refused(hall, c.DeclareVote(V1, CHAIR)) == "hand_count_unconfirmed"
    assert refused(hall, c.ComputeResult(V1)) == "hand_count_unconfirmed"
    assert refused(hall, c.AdjournSitting(CHAIR)) == "sitting_unfinished"
    hall.do(c.EnterHandCount(V1, figures(5, 3), SECOND))
    assert refused(hall, c.DeclareVote(V1, CHAIR)) == "result_not_computed"
    hall.do(c.ComputeResult(V1))
    assert refused(hall, c.ComputeResult(V1)) == "result_already_computed"
    hall.do(c.DeclareVote(V1, CHAIR))
    result = hall.vote().result
    assert result is not None
    assert (result.outcome, result.counts["approve"], result.participated) == ("adopted", 5, 8)
    assert refused(hall, c.EnterHandCount(V1, figures(5, 3), FIRST)) == "vote_not_open"


def test_hands_that_say_what_the_result_says_need_no_other() -> None:
    hall = opened()
    hall.close()
    for clerk in (FIRST, SECOND):
        hall.do(c.EnterHandCount(V1, figures(0, 0), clerk))
    assert refused(hall, c.ComputeResult(V1)) == "result_already_computed"
    hall.do(c.DeclareVote(V1, CHAIR))


def test_no_hands_are_counted_after_the_casting_vote() -> None:
    hall = commons()
    hall.cast(1, "approve")
    hall.cast(2, "reject")
    hall.close()
    hall.do(c.GiveCastingVote(V1, ChoiceId("reject"), CHAIR))
    count = c.EnterHandCount(V1, figures(5, 3), FIRST)
    assert refused(hall, count) in {"channel_not_allowed", "result_already_computed"}


def _adjourned(hall: Hall) -> None:
    hall.do(c.AdjournSitting(SECRETARY))


@pytest.mark.parametrize("sits_again", [False, True])
def test_a_vote_may_be_declared_after_its_sitting(sits_again: bool) -> None:
    hall = opened()
    for n in range(1, 7):
        hall.cast(n)
    hall.close()
    _adjourned(hall)
    if sits_again:
        hall.do(open_sitting(3, id="phien-2"))
    hall.do(c.DeclareVote(V1, CHAIR))
    assert hall.vote().phase is Phase.DECLARED
    assert hall.vote().result is not None
    assert (hall.vote().result.roll, hall.vote().result.outcome) == (9, "adopted")  # type: ignore[union-attr]
    assert refused(hall, c.DeclareVote(V1, CHAIR)) == "vote_not_closed"
    assert refused(hall, c.DeclareVote(V2, CHAIR)) == "vote_unknown"


def test_a_tie_may_be_decided_after_the_sitting() -> None:
    hall = commons()
    hall.cast(1, "approve")
    hall.cast(2, "reject")
    hall.close()
    _adjourned(hall)
    hall.do(open_sitting(3, book="uk.commons.2011-09-15", id="phien-2"))
    hall.do(c.GiveCastingVote(V1, ChoiceId("reject"), CHAIR))
    hall.do(c.ComputeResult(V1))
    hall.do(c.DeclareVote(V1, CHAIR))
    assert hall.vote().result is not None
    assert hall.vote().result.outcome == "rejected"  # type: ignore[union-attr]
