"""The queue of speakers and their clocks."""

from datetime import timedelta

import pytest

from tests.voting.a_sitting import CHAIR, Hall, member, sitting_hall
from voting import commands as c
from voting import events as e
from voting.errors import Refused
from voting.floor import next_press
from voting.meeting import decide


def refused(hall: Hall, command: c.Command) -> str:
    with pytest.raises(Refused) as caught:
        decide(hall.meeting, command, hall.at)
    return caught.value.code


def hall_with_speaker() -> Hall:
    hall = sitting_hall(5)
    hall.do(c.RequestFloor(member(1), "speech"))
    hall.do(c.GiveFloor(member(1), CHAIR))
    return hall


def test_speakers_wait_in_the_order_of_registration() -> None:
    hall = sitting_hall(5)
    for n in (3, 1, 2):
        hall.do(c.RequestFloor(member(n), "speech"))
    assert [request.member for request in hall.meeting.floor.queue] == [member(3), member(1), member(2)]
    hall.do(c.GiveFloor(member(2), CHAIR))
    assert [request.member for request in hall.meeting.floor.queue] == [member(3), member(1)]


def test_the_first_speech_is_longer_than_the_second_and_a_debate_has_its_own_limit() -> None:
    hall = hall_with_speaker()
    speaker = hall.meeting.floor.speaker
    assert speaker is not None
    assert speaker.limit_s == 420
    hall.do(c.RequestFloor(member(1), "speech"))
    (ended, given) = hall.do(c.GiveFloor(member(1), CHAIR))
    assert ended == e.SpeechEnded(member(1), CHAIR)
    assert isinstance(given, e.FloorGiven)
    assert given.limit_s == 180
    hall.do(c.RequestFloor(member(2), "debate"))
    events = hall.do(c.GiveFloor(member(2), CHAIR))
    assert events[-1] == e.FloorGiven(member(2), "debate", 180, CHAIR)
    assert hall.meeting.floor.speeches[member(2)] == 0


def test_a_second_press_asks_for_debate_and_keeps_the_place() -> None:
    hall = hall_with_speaker()
    assert next_press(hall.meeting.floor, member(2)) == "speech"
    hall.do(c.RequestFloor(member(2), "speech"))
    hall.do(c.RequestFloor(member(3), "speech"))
    assert next_press(hall.meeting.floor, member(2)) == "debate"
    hall.do(c.RequestFloor(member(2), "debate"))
    assert [(r.member, r.kind) for r in hall.meeting.floor.queue] == [
        (member(2), "debate"),
        (member(3), "speech"),
    ]
    assert next_press(hall.meeting.floor, member(2)) is None
    assert refused(hall, c.RequestFloor(member(2), "debate")) == "already_requested"
    hall.do(c.WithdrawRequest(member(2)))
    assert refused(hall, c.WithdrawRequest(member(2))) == "not_a_request"


def test_a_debate_answers_somebody() -> None:
    hall = sitting_hall(3)
    assert refused(hall, c.RequestFloor(member(1), "debate")) == "nothing_to_debate"


def test_only_who_is_present_and_on_the_roll_asks_and_speaks() -> None:
    hall = sitting_hall(3, present=[1])
    assert refused(hall, c.RequestFloor(member(2), "speech")) == "member_not_present"
    assert refused(hall, c.RequestFloor(member(77), "speech")) == "not_a_member"
    assert refused(hall, c.GiveFloor(member(1), CHAIR)) == "not_a_request"
    hall.do(c.RequestFloor(member(1), "speech"))
    hall.do(c.SignOut("seat-1", "card_removed"))
    assert refused(hall, c.GiveFloor(member(1), CHAIR)) == "member_not_present"


def test_the_clock_ends_a_speech_only_when_its_time_is_up() -> None:
    hall = hall_with_speaker()
    assert refused(hall, c.EndSpeech("clock")) == "time_not_up"
    hall.later(430)
    speaker = hall.meeting.floor.speaker
    assert speaker is not None
    assert speaker.remaining(hall.at) == timedelta(seconds=-10)
    hall.do(c.EndSpeech("clock"))
    assert refused(hall, c.EndSpeech(CHAIR)) == "nobody_speaking"
