"""Conditions, floors, ties and percentages, as whole numbers."""

from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall_controller import rulebooks
from voting import result_form
from voting.ids import ChoiceId, RuleId
from voting.majority import House, Outcome, Rule, Tally, compute, need, percentage


def rule(id: str) -> Rule:
    found = [book.rules[RuleId(id)] for book in rulebooks.shipped() if RuleId(id) in book.rules]
    return found[-1]


def tally(approve: int, reject: int = 0, other: int = 0, invalid: int = 0) -> Tally:
    counts = {ChoiceId("approve"): approve, ChoiceId("reject"): reject, ChoiceId("abstain"): other}
    return Tally(counts, invalid)


@pytest.mark.parametrize(
    ("id", "members", "counted", "outcome", "needed"),
    [
        ("vn.qh.more_than_half_of_all", 484, tally(242), "rejected", [243]),
        ("vn.qh.more_than_half_of_all", 484, tally(243), "adopted", [243]),
        ("vn.qh.more_than_half_of_all", 473, tally(236, 100), "rejected", [237]),
        ("vn.qh.more_than_half_of_all", 473, tally(237, 236), "adopted", [237]),
        ("vn.qh.two_thirds_of_all", 480, tally(319), "rejected", [320]),
        ("vn.qh.two_thirds_of_all", 480, tally(320), "adopted", [320]),
        ("vn.qh.two_thirds_of_all", 478, tally(319), "adopted", [319]),
        ("vn.qh.election.more_than_half_of_all", 494, tally(247, 200, 0, 2), "not_elected", [248]),
        ("vn.qh.election.more_than_half_of_all", 494, tally(248), "elected", [248]),
        ("vn.hdnd.more_than_half_of_all", 94, tally(47, 3), "rejected", [48]),
        ("vn.hdnd.more_than_half_of_all", 94, tally(48, 46), "adopted", [48]),
        ("majority_of_component_members", 719, tally(359), "rejected", [360]),
        ("majority_of_component_members", 719, tally(360, 284), "adopted", [360]),
        ("majority_of_votes_cast", 719, tally(2, 1, 700), "adopted", [2]),
        ("majority_of_votes_cast", 719, tally(100, 100), "rejected", [101]),
        ("majority_of_votes_cast", 719, tally(0, 0, 700), "rejected", [1]),
        ("majority_of_votes_cast_casting_vote", 650, tally(310, 310), "tied", [311]),
        ("majority_of_votes_cast_casting_vote", 650, tally(311, 310), "adopted", [311]),
        ("two_thirds_of_votes_cast", 435, tally(278, 139, 1), "adopted", [278]),
        ("two_thirds_of_votes_cast", 435, tally(277, 140, 1), "rejected", [278]),
        ("two_thirds_of_votes_cast", 435, tally(0, 0, 418), "rejected", [1]),
        ("two_thirds_cast_and_majority_members", 719, tally(360, 180), "adopted", [360, 360]),
        ("two_thirds_cast_and_majority_members", 719, tally(360, 181), "rejected", [361, 360]),
        ("two_thirds_cast_and_majority_members", 719, tally(359, 10), "rejected", [246, 360]),
        ("two_thirds_of_all", 2980, tally(1986), "rejected", [1987]),
        ("two_thirds_of_all", 2980, tally(1987), "adopted", [1987]),
        ("two_thirds_of_all_seats_incl_vacant", 640, tally(433), "rejected", [434]),
        ("two_thirds_of_all_seats_incl_vacant", 640, tally(434), "adopted", [434]),
        ("kr.impeachment.two_thirds_of_all", 300, tally(195), "void", [200]),
        ("kr.impeachment.two_thirds_of_all", 300, tally(199, 1), "rejected", [200]),
        ("kr.impeachment.two_thirds_of_all", 300, tally(204, 85, 3, 8), "adopted", [200]),
    ],
)
def test_the_rules_at_their_edges(
    id: str, members: int, counted: Tally, outcome: Outcome, needed: list[int]
) -> None:
    result = compute(rule(id), counted, House(members, members, 650), "all_members")
    assert result.outcome == outcome
    assert [condition.need for condition in result.conditions] == needed


@pytest.mark.parametrize(("choice", "outcome"), [("approve", "adopted"), ("reject", "rejected")])
def test_the_casting_vote_decides_a_tie_and_leaves_the_counts(choice: str, outcome: str) -> None:
    by_chair = rule("majority_of_votes_cast_casting_vote")
    result = compute(by_chair, tally(310, 310), House(650, 620, 650), "votes_cast", ChoiceId(choice))
    assert result.outcome == outcome
    assert result.casting_vote == choice
    assert (result.counts["approve"], result.counts["reject"]) == (310, 310)


def test_the_low_confidence_shares_are_told_without_a_pass_or_fail() -> None:
    poll = rule("vn.confidence.poll3")
    counts = {ChoiceId("high_confidence"): 100, ChoiceId("confidence"): 81, ChoiceId("low_confidence"): 300}
    result = compute(poll, Tally(counts), House(485, 481), "ballots_collected")
    assert result.outcome == "announced"
    assert [condition.met for condition in result.conditions] == [True, False]


def test_three_of_four_hundred_and_eighty_is_an_exact_tie_and_goes_up() -> None:
    assert percentage(3, 480, "all_members").hundredths == 63


def test_a_share_of_nothing_is_given_as_none() -> None:
    assert percentage(0, 0, "votes_cast").hundredths == 0


@given(st.integers(0, 3000), st.integers(1, 3000))
def test_percentages_are_half_up(part: int, of: int) -> None:
    exact = Fraction(part * 10000, of)
    assert percentage(part, of, "all_members").hundredths == floor(exact + Fraction(1, 2))


shares = st.tuples(st.integers(1, 9), st.integers(1, 9)).filter(lambda share: share[0] <= share[1])


@given(shares, st.booleans(), st.integers(1, 3000))
def test_the_need_is_the_smallest_number_that_does(share: tuple[int, int], strict: bool, of: int) -> None:
    def does(have: int) -> bool:
        exact = Fraction(*share) * of
        return have > exact if strict else have >= exact

    needed = need(share, strict, of)
    assert does(needed)
    assert not does(needed - 1)


counted = st.builds(tally, st.integers(0, 200), st.integers(0, 200), st.integers(0, 200), st.integers(0, 9))


@given(counted, st.integers(0, 400), st.sampled_from(["all_members", "participants", "valid_ballots"]))
def test_a_result_survives_its_plain_form(counted: Tally, absent: int, base: str) -> None:
    house = House(counted.participated + absent, counted.participated)
    result = compute(rule("two_thirds_of_votes_cast"), counted, house, base)  # type: ignore[arg-type]
    assert result_form.from_plain(result_form.to_plain(result), result.rule) == result
    assert result.participated == sum(result.counts.values()) + result.invalid


@given(counted, st.integers(0, 400))
def test_more_in_favour_never_loses(counted: Tally, absent: int) -> None:
    house = House(counted.participated + absent + 1, counted.participated)
    more = tally(counted.counts[ChoiceId("approve")] + 1, counted.counts[ChoiceId("reject")])
    for id in (
        "vn.qh.more_than_half_of_all",
        "majority_of_votes_cast",
        "two_thirds_cast_and_majority_members",
    ):
        if compute(rule(id), counted, house, "all_members").outcome == "adopted":
            assert compute(rule(id), more, house, "all_members").outcome == "adopted"


@pytest.mark.parametrize(
    "change",
    [
        {"roll": "484"},
        {"roll": True},
        {"counts": None},
        {"outcome": "won"},
        {"percent": {"approve": {"hundredths": 1, "of": 2, "base": "nobody"}}},
        {"conditions": [{}]},
    ],
)
def test_what_is_not_a_result_is_refused(change: dict[str, object]) -> None:
    house = House(484, 452)
    plain = result_form.to_plain(
        compute(rule("vn.qh.more_than_half_of_all"), tally(1), house, "all_members")
    )
    with pytest.raises(ValueError, match="not a result"):
        result_form.from_plain({**plain, **change}, RuleId("vn.qh.more_than_half_of_all"))
