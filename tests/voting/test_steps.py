"""Every phase meets every command: what the table permits happens, all else is refused, nothing changed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.voting.a_sitting import CHAIR, CHALLENGE, SECRETARY, Hall, hash_of, question, sitting_hall
from voting import commands as c
from voting import events as e
from voting.division import TRANSITIONS, Phase, diagram, stepped
from voting.errors import ImpossibleEvent, Refused
from voting.ids import ChoiceId, VoteId
from voting.meeting import decide, evolve

V1, V2 = VoteId("v1"), VoteId("v2")
FIGURES = {ChoiceId("approve"): 4, ChoiceId("reject"): 3, ChoiceId("not_voting"): 1}


def announced() -> Hall:
    hall = sitting_hall()
    hall.announce()
    return hall


def opened() -> Hall:
    hall = sitting_hall()
    hall.open()
    return hall


def held() -> Hall:
    hall = opened()
    hall.do(c.HoldVote(V1, "Mất điện", SECRETARY))
    return hall


def closing() -> Hall:
    hall = opened()
    hall.do(c.CloseVote(V1, SECRETARY))
    return hall


def closed() -> Hall:
    hall = closing()
    hall.later(60).do(c.EndClosing(V1))
    return hall


def computed() -> Hall:
    hall = closed()
    hall.do(c.ComputeResult(V1))
    return hall


def computed_from_ballots() -> Hall:
    hall = opened()
    hall.cast(1)
    hall.close()
    return hall


def declared() -> Hall:
    hall = computed()
    hall.do(c.DeclareVote(V1, CHAIR))
    return hall


def cancelled() -> Hall:
    hall = announced()
    hall.do(c.CancelVote(V1, "Sai nội dung", CHAIR))
    return hall


def superseded() -> Hall:
    hall = declared()
    hall.do(c.AnnounceVote(V2, question(), SECRETARY, V1, "Chưa nghe rõ", "Chủ tọa"))
    return hall


def ballot(hall: Hall) -> c.Command:
    return hall.ballot(1)


COMMANDS: dict[str, Callable[[Hall], c.Command]] = {
    "announce": lambda hall: c.AnnounceVote(V1, question(), SECRETARY),
    "repeat": lambda hall: c.AnnounceVote(
        VoteId("v3"), question(), SECRETARY, V1, "Chưa nghe rõ", "Chủ tọa"
    ),
    "open": lambda hall: c.OpenVote(V1, CHALLENGE, SECRETARY),
    "hold": lambda hall: c.HoldVote(V1, "Mất điện", SECRETARY),
    "resume": lambda hall: c.ResumeVote(V1, SECRETARY),
    "extend": lambda hall: c.ExtendVote(V1, 10, SECRETARY),
    "close": lambda hall: c.CloseVote(V1, SECRETARY),
    "clock closes": lambda hall: c.CloseVote(V1, "clock"),
    "end closing": lambda hall: c.EndClosing(V1),
    "account for seats": lambda hall: c.AccountForSeats(V1, {}),
    "cast": ballot,
    "hand count": lambda hall: c.EnterHandCount(V1, FIGURES, SECRETARY),
    "casting vote": lambda hall: c.GiveCastingVote(V1, ChoiceId("reject"), CHAIR),
    "compute": lambda hall: c.ComputeResult(V1),
    "declare": lambda hall: c.DeclareVote(V1, CHAIR),
    "cancel": lambda hall: c.CancelVote(V1, "Sai nội dung", CHAIR),
}

# An hour has passed in each state, so the clock is due; the rule has no casting vote.
ALLOWED: list[tuple[Callable[[], Hall], set[str], dict[str, str]]] = [
    (announced, {"open", "cancel"}, {"cast": "vote_not_open", "hold": "vote_not_open"}),
    (
        opened,
        {"hold", "extend", "close", "clock closes", "cast", "hand count", "cancel"},
        {"resume": "vote_not_held", "open": "vote_not_announced", "repeat": "another_vote_in_play"},
    ),
    (
        held,
        {"resume", "extend", "close", "hand count", "cancel"},
        {"cast": "vote_on_hold", "clock closes": "time_not_up"},
    ),
    (closing, {"end closing", "hand count", "cancel"}, {"cast": "vote_time_up", "extend": "vote_not_open"}),
    (
        closed,
        {"compute", "hand count", "cancel", "repeat", "account for seats"},
        {"cast": "vote_time_up", "declare": "result_not_computed", "casting vote": "no_casting_vote"},
    ),
    (
        computed,
        {"declare", "cancel", "repeat", "hand count", "account for seats"},
        {"compute": "result_already_computed"},
    ),
    (
        computed_from_ballots,
        {"declare", "cancel", "repeat", "account for seats"},
        {"compute": "result_already_computed", "hand count": "ballots_already_cast"},
    ),
    (
        declared,
        {"repeat"},
        {
            "account for seats": "vote_not_closed",
            "cancel": "vote_ended",
            "declare": "vote_not_closed",
            "cast": "vote_time_up",
        },
    ),
    (cancelled, {"repeat"}, {"open": "vote_not_announced", "cancel": "vote_ended"}),
    (superseded, set(), {"repeat": "another_vote_in_play", "declare": "vote_not_closed"}),
]


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(("state", "allowed", "codes"), ALLOWED, ids=lambda x: getattr(x, "__name__", ""))
def test_every_phase_meets_every_command(
    state: Callable[[], Hall], allowed: set[str], codes: dict[str, str], name: str
) -> None:
    hall = state().later(3600)
    before = hall.meeting
    command = COMMANDS[name](hall)
    if name in allowed:
        assert hall.do(command)
        return
    with pytest.raises(Refused) as refusal:
        decide(hall.meeting, command, hall.at)
    assert hall.meeting is before
    assert refusal.value.code == codes.get(name, refusal.value.code)
    assert all(refusal.value.text[language] for language in ("vi", "en"))


EVENTS: dict[type[e.Event], e.Event] = {
    e.VoteOpened: e.VoteOpened(V1, CHALLENGE, 30, "x"),
    e.BallotRecorded: e.BallotRecorded(V1, hash_of("b"), None, None, None, None, None, None, None),
    e.HandCountEntered: e.HandCountEntered(V1, FIGURES, "x", False),
    e.VoteHeld: e.VoteHeld(V1, "r", "x"),
    e.VoteResumed: e.VoteResumed(V1, "x"),
    e.VoteExtended: e.VoteExtended(V1, 5, "x"),
    e.VoteClosing: e.VoteClosing(V1, 3, "x"),
    e.VoteClosed: e.VoteClosed(V1, 9, 9, 0),
    e.ResultComputed: e.ResultComputed(V1, None),
    e.CastingVoteGiven: e.CastingVoteGiven(V1, ChoiceId("approve"), "x"),
    e.VoteCancelled: e.VoteCancelled(V1, "r", "x"),
    e.VoteSuperseded: e.VoteSuperseded(V1, V2, "r", "x"),
}


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: type(event).__name__)
@pytest.mark.parametrize("state", [row[0] for row in ALLOWED], ids=lambda state: state.__name__)
def test_an_event_that_cannot_follow_breaks_the_log(state: Callable[[], Hall], event: e.Event) -> None:
    hall = state()
    permitted = hall.vote().phase in TRANSITIONS[type(event)]  # type: ignore[index]
    if permitted:
        after = evolve(hall.meeting, event, hall.at)
        assert after.votes[V1].phase is TRANSITIONS[type(event)][hall.vote().phase]  # type: ignore[index]
        return
    with pytest.raises(ImpossibleEvent):
        evolve(hall.meeting, event, hall.at)


def test_the_table_knows_every_phase() -> None:
    reached = {after for steps in TRANSITIONS.values() for after in steps.values()}
    assert reached == set(Phase)


def test_a_step_of_the_table_leaves_the_older_division_as_it_was() -> None:
    division = opened().vote()
    stepped(division, e.VoteHeld(V1, "r", "x"))
    assert division.phase is Phase.OPEN


def test_the_spec_shows_exactly_this_diagram() -> None:
    spec = Path(__file__).parents[2] / "docs" / "specs" / "vote-life.md"
    assert f"```mermaid\n{diagram()}```\n" in spec.read_text("utf-8")


def test_a_ballot_of_an_unknown_vote_is_refused() -> None:
    hall = opened()
    command = replace(hall.ballot(1), vote=VoteId("v9"))
    with pytest.raises(Refused, match="vote_unknown"):
        decide(hall.meeting, command, hall.at)
