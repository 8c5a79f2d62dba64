"""Opening and adjourning, the roll, signing in, presence."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.voting.a_sitting import (
    CHAIR,
    DAY,
    SECRETARY,
    Hall,
    member,
    open_sitting,
    seat,
    sign_in,
    sitting_hall,
)
from voting import agenda
from voting import commands as c
from voting import events as e
from voting.attendance import against
from voting.errors import ImpossibleEvent, Refused, WrongSeat
from voting.ids import SeatId, SittingId, VoteId
from voting.meeting import Meeting, decide, evolve
from voting.members import Member


def refused(hall: Hall, command: c.Command) -> Refused:
    with pytest.raises(Refused) as caught:
        decide(hall.meeting, command, hall.at)
    return caught.value


def person(n: int, **changed: Any) -> Member:
    return replace(Member(member(n), f"Đại biểu {n}", "Huế", date(2016, 5, 22)), **changed)


def test_opening_adopts_the_rule_book_and_the_roll_first() -> None:
    hall = Hall()
    events = hall.do(open_sitting(9))
    assert [type(event) for event in events] == [e.RuleBookAdopted, e.RollEstablished, e.SittingOpened]
    sitting = hall.meeting.sitting
    assert sitting is not None
    assert (sitting.id, sitting.on, sitting.roll.number, len(sitting.members)) == ("phien-1", DAY, 9, 9)
    assert sitting.seating[member(3)] == seat(3)
    assert hall.meeting.convening is None


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"members": ()}, "nobody is on it"),
        ({"members": (person(1), person(1))}, "m001 stands twice"),
        ({"members": (person(1, until=DAY),)}, "m001 is not in office on 2019-06-03"),
        ({"members": (person(1, since=date(2020, 1, 1)),)}, "m001 is not in office"),
        ({"members": (person(1, weight=0),)}, "m001 has weight 0"),
        ({"seating": {member(99): seat(1)}}, "m099 has a seat but is not on it"),
        ({"seating": {member(1): seat(1), member(2): seat(1)}}, "seat 001 is given twice"),
    ],
)
def test_a_stale_or_faulty_roll_opens_no_sitting(change: dict[str, Any], fault: str) -> None:
    small = replace(open_sitting(3), seating={})
    refusal = refused(Hall(), replace(small, **change))
    assert refusal.code == "roll_faulty"
    assert fault in refusal.text["en"]


def test_the_roll_counts_weights() -> None:
    hall = Hall()
    heavy = replace(open_sitting(2), members=(person(1, weight=3), person(2)))
    hall.do(heavy)
    hall.sign_in(1)
    hall.open()
    hall.cast(1)
    hall.close()
    result = hall.vote().result
    assert result is not None
    assert (result.roll, result.participated, result.outcome) == (4, 3, "adopted")


def test_a_rule_book_of_a_later_day_is_not_in_force() -> None:
    assert refused(Hall(), open_sitting(3, book="vn.qh.2023-07-01")).code == "rule_book_not_in_force"


def test_a_faulty_rule_book_opens_no_sitting() -> None:
    assert refused(Hall(), open_sitting(3, text="id = ")).code == "rule_book_faulty"


def test_one_sitting_at_a_time_each_with_an_id_of_its_own() -> None:
    hall = sitting_hall(3)
    assert refused(hall, open_sitting(3, id="phien-2")).code == "sitting_already_open"
    hall.do(c.AdjournSitting(SECRETARY))
    assert refused(hall, open_sitting(3)).code == "sitting_already_held"
    assert refused(hall, c.AdjournSitting(SECRETARY)).code == "sitting_not_open"
    hall.do(open_sitting(4, id="phien-2"))
    assert hall.meeting.present == 0
    assert [past.id for past in hall.meeting.past] == ["phien-1"]


def test_a_sitting_does_not_end_over_an_unfinished_vote() -> None:
    hall = sitting_hall(3)
    hall.open()
    assert refused(hall, c.AdjournSitting(SECRETARY)).code == "sitting_unfinished"
    hall.do(c.CloseVote(hall.vote().id, SECRETARY))
    hall.later(60).do(c.EndClosing(hall.vote().id))
    assert refused(hall, c.AdjournSitting(SECRETARY)).code == "sitting_unfinished"
    hall.do(c.ComputeResult(hall.vote().id))
    hall.do(c.AdjournSitting(SECRETARY))


COMMANDS: list[c.Command] = [
    sign_in(1),
    c.SignOut("seat-1", "left"),
    c.MarkPresence(member(1), True, "x", SECRETARY),
    c.OpenVote(VoteId("v1"), "x", SECRETARY),
    c.RequestFloor(member(1), "speech"),
    c.WithdrawRequest(member(1)),
    c.GiveFloor(member(1), CHAIR),
    c.EndSpeech(CHAIR),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_without_a_sitting_nothing_is_done(command: c.Command) -> None:
    assert refused(Hall(), command).code == "sitting_not_open"


def test_an_interruption_is_noted_in_every_state_even_by_a_clock_set_back() -> None:
    hall = Hall()
    (event,) = hall.do(c.NoteInterruption(hall.at.replace(year=2030), "restart"))
    assert isinstance(event, e.RecordingInterrupted)
    assert event.since == event.until == hall.at


def test_signing_in_makes_present_and_the_same_again_changes_nothing() -> None:
    hall = sitting_hall(3, present=[])
    assert len(hall.do(sign_in(1))) == 1
    assert hall.meeting.present == 1
    assert hall.do(sign_in(1)) == ()


def test_a_new_session_replaces_the_older_of_the_same_channel() -> None:
    hall = sitting_hall(3, present=[1])
    events = hall.do(sign_in(1, "second"))
    assert events[0] == e.SignedOut("seat-1", "replaced")
    assert set(hall.meeting.attendance.sessions) == {"second"}
    hall.do(sign_in(1, channel="mobile"))
    assert set(hall.meeting.attendance.sessions) == {"second", "mobile-1"}
    assert refused(hall, sign_in(1)).code == "session_ended"
    assert hall.meeting.present == 1


def test_the_seat_must_be_the_members_own() -> None:
    hall = sitting_hall(300, present=[])
    refusal = refused(hall, replace(sign_in(87), seat=SeatId("214")))
    assert isinstance(refusal, WrongSeat)
    assert refusal.lines == ("SAI CHO: GHE SO 214", "MOI VE GHE SO 087")
    assert refused(hall, replace(sign_in(1), seat=None)).code == "wrong_seat"
    assert refused(hall, replace(sign_in(1, channel="mobile"), seat=seat(1))).code == "wrong_seat"


def test_who_is_not_on_the_roll_does_not_sign_in() -> None:
    assert refused(sitting_hall(3), sign_in(77)).code == "not_a_member"


def test_an_expired_statement_signs_nobody_in() -> None:
    hall = sitting_hall(3, present=[])
    assert refused(hall, replace(sign_in(1), expires=hall.at)).code == "session_expired"


@pytest.mark.parametrize(
    ("cause", "present"),
    [("card_removed", 0), ("left", 0), ("console_lost", 1), ("phone_lost", 1), ("replaced", 1)],
)
def test_a_device_that_fails_does_not_make_its_member_absent(cause: Any, present: int) -> None:
    hall = sitting_hall(3, present=[1])
    hall.do(c.SignOut("seat-1", cause))
    assert hall.meeting.present == present
    assert refused(hall, c.SignOut("seat-1", cause)).code == "not_signed_in"


def test_pulling_the_card_leaves_a_member_present_who_is_signed_in_by_phone() -> None:
    hall = sitting_hall(3, present=[1])
    hall.sign_in(1, channel="mobile")
    hall.do(c.SignOut("seat-1", "card_removed"))
    assert hall.meeting.present == 1
    hall.do(c.SignOut("mobile-1", "left"))
    assert hall.meeting.present == 0


def test_an_officer_marks_presence_with_a_reason() -> None:
    hall = sitting_hall(3, present=[1])
    hall.do(c.MarkPresence(member(2), True, "Thẻ hỏng", SECRETARY))
    assert hall.meeting.present == 2
    mark = c.MarkPresence
    assert refused(hall, mark(member(2), True, "Thẻ hỏng", SECRETARY)).code == "nothing_new"
    assert refused(hall, mark(member(2), False, " ", SECRETARY)).code == "reason_missing"
    assert refused(hall, mark(member(77), True, "x", SECRETARY)).code == "not_a_member"
    hall.do(mark(member(2), False, "Về sớm", SECRETARY))
    assert hall.meeting.present == 1


def test_thresholds_are_of_all_members() -> None:
    hall = sitting_hall(9, present=[1, 2, 3, 4, 5])
    assert hall.meeting.sitting is not None
    states = [against(t, 9, hall.meeting.present) for t in hall.meeting.sitting.rulebook.thresholds]
    assert [(s.label["vi"], s.need, s.have, s.met) for s in states] == [
        ("quá nửa", 5, 5, True),
        ("2/3", 6, 5, False),
    ]


def test_the_agenda_groups_votes_by_item() -> None:
    hall = sitting_hall(3)
    hall.announce("v1")
    hall.do(c.CancelVote(hall.vote("v1").id, "x", CHAIR))
    hall.announce("v2")
    (item,) = agenda.items(hall.meeting, SittingId("phien-1"))
    assert [vote.id for vote in item.votes] == ["v1", "v2"]


BROKEN: list[e.Event] = [
    e.RollEstablished(SittingId("x"), DAY, (person(1),), {}),
    e.SittingOpened(SittingId("x"), DAY, {}, "x"),
    e.SittingAdjourned(SittingId("x"), "x"),
    e.SignedOut("nobody", "left"),
    e.SpeechEnded(member(1), "x"),
]


@pytest.mark.parametrize("event", BROKEN, ids=lambda event: type(event).__name__)
def test_events_out_of_order_break_the_log(event: e.Event) -> None:
    hall = Hall()
    with pytest.raises(ImpossibleEvent):
        evolve(Meeting.empty(), event, hall.at)


def test_withheld_sessions_leave_the_meeting_as_it_was() -> None:
    hall = sitting_hall(3, present=[])
    for event in (e.SignedIn(None, None, None, None, None, None), e.SignedOut(None, "left")):
        assert evolve(hall.meeting, event, hall.at) is hall.meeting
