"""Voting by phone: off unless the chair opens it for the member, or the rule book takes it from a seat."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hall_controller import rulebooks
from tests.voting.a_sitting import BOOK, CHAIR, Hall, member, open_sitting, sitting_hall
from voting import commands as c
from voting import events as e
from voting.errors import ImpossibleEvent, Refused
from voting.ids import MemberId
from voting.meeting import evolve
from voting.rulebook import parse

WHY = "Tham dự từ xa"


def refused(hall: Hall, command: c.Command) -> Refused:
    before = hall.meeting
    with pytest.raises(Refused) as no:
        hall.do(command)
    assert hall.meeting is before
    return no.value


def with_channels(text: str) -> Hall:
    book = rulebooks.text(BOOK)
    start = book.index("[channels]")
    hall = Hall()
    hall.do(open_sitting(text=book[:start] + text + book[book.index("[floor]") :]))
    return hall


def test_off_unless_opened_and_the_refusal_says_so() -> None:
    hall = sitting_hall(3)
    hall.sign_in(1, channel="mobile")
    hall.open()
    no = refused(hall, hall.ballot(1, channel="mobile"))
    assert no.code == "mobile_not_opened"
    assert "chưa được Chủ tọa mở" in no.text["vi"]
    hall.do(c.OpenMobile((member(1),), WHY, CHAIR))
    hall.do(hall.ballot(1, channel="mobile"))
    assert hall.vote().ballots[member(1)].channel == "mobile"


def test_opened_for_whom_it_names_and_for_nobody_else() -> None:
    hall = sitting_hall(3, present=())
    for n in (1, 2):
        hall.sign_in(n, channel="mobile")
    assert hall.do(c.OpenMobile((member(2), member(2)), WHY, CHAIR)) == (
        e.MobileOpened((member(2),), WHY, CHAIR),
    )
    hall.open()
    hall.do(hall.ballot(2, channel="mobile"))
    assert refused(hall, hall.ballot(1, channel="mobile")).code == "mobile_not_opened"


def test_closing_refuses_what_comes_after_and_keeps_what_came_before() -> None:
    hall = sitting_hall(3)
    hall.sign_in(1, channel="mobile")
    hall.open_mobile(1)
    hall.open()
    hall.do(hall.ballot(1, channel="mobile"))
    hall.do(c.CloseMobile((member(1),), "Mất điện thoại", CHAIR))
    assert refused(hall, hall.ballot(1, "reject", channel="mobile")).code == "mobile_not_opened"
    hall.close()
    assert hall.vote().result is not None
    assert hall.vote().result.counts["approve"] == 1


def test_of_one_sitting_only() -> None:
    hall = sitting_hall(2)
    hall.open_mobile(1)
    hall.do(c.AdjournSitting(CHAIR))
    hall.do(open_sitting(2, id="phien-2"))
    assert member(1) not in hall.meeting.attendance.mobile


def test_a_roll_call_leaves_it_as_it_is() -> None:
    hall = sitting_hall(2)
    hall.sign_in(1, channel="mobile")
    hall.open_mobile(1)
    hall.do(c.CallRoll(CHAIR))
    assert member(1) in hall.meeting.attendance.mobile


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (c.OpenMobile((), WHY, CHAIR), "nobody_named"),
        (c.OpenMobile((member(1),), " ", CHAIR), "reason_missing"),
        (c.OpenMobile((member(1), MemberId("ai")), WHY, CHAIR), "not_a_member"),
        (c.CloseMobile((), WHY, CHAIR), "nobody_named"),
        (c.CloseMobile((member(1),), "", CHAIR), "reason_missing"),
        (c.CloseMobile((MemberId("ai"),), WHY, CHAIR), "not_a_member"),
        (c.CloseMobile((member(1),), WHY, CHAIR), "nothing_new"),
    ],
)
def test_what_can_not_be_asked(command: c.Command, code: str) -> None:
    assert refused(sitting_hall(2), command).code == code


def test_opening_again_is_nothing_new_and_a_wider_one_names_the_rest() -> None:
    hall = sitting_hall(3)
    hall.open_mobile(1)
    assert refused(hall, c.OpenMobile((member(1),), WHY, CHAIR)).code == "nothing_new"
    (event,) = hall.do(c.OpenMobile((member(1), member(3)), WHY, CHAIR))
    assert isinstance(event, e.MobileOpened)
    assert event.members == (member(3),)


@pytest.mark.parametrize("text", ["", "[channels]\nremote = false\n"])
def test_a_chamber_without_it_can_not_open_it(text: str) -> None:
    hall = with_channels(text)
    assert refused(hall, c.OpenMobile((member(1),), WHY, CHAIR)).code == "mobile_not_allowed"


def test_a_phone_at_a_seat_where_the_rule_book_takes_it() -> None:
    hall = with_channels("[channels]\nremote = false\nphone_at_seat = true\n")
    hall.sign_in(1, channel="mobile")
    hall.open()
    assert refused(hall, hall.ballot(1, channel="mobile")).code == "mobile_not_opened"
    hall.sign_in(1)
    hall.do(hall.ballot(1, channel="mobile"))
    hall.do(c.SignOut("seat-1", "card_removed"))
    no = refused(hall, hall.ballot(1, "reject", channel="mobile"))
    assert no.code == "mobile_not_opened"


def test_who_sleeps_at_the_seat_is_not_there_for_the_phone_either() -> None:
    hall = with_channels("[channels]\nphone_at_seat = true\n")
    hall.sign_in(1)
    hall.sign_in(1, channel="mobile")
    hall.do(c.CallRoll(CHAIR))
    hall.open()
    assert refused(hall, hall.ballot(1, channel="mobile")).code == "mobile_not_opened"


@pytest.mark.parametrize(
    "event", [e.MobileClosed((member(1),), WHY, "an"), e.MobileOpened((member(2),), WHY, "an")]
)
def test_a_log_that_can_not_be(event: e.Event) -> None:
    hall = sitting_hall(2)
    hall.open_mobile(2)
    with pytest.raises(ImpossibleEvent):
        evolve(hall.meeting, event, hall.at)


def test_every_shipped_book_with_phones_says_how() -> None:
    for name in rulebooks.ids():
        book = parse(rulebooks.text(name))
        if any("mobile" in kind.ways for kind in book.kinds.values()):
            assert book.channels.remote, name
            assert not book.channels.phone_at_seat, name


def test_an_unknown_word_is_a_fault() -> None:
    book = rulebooks.text(BOOK).replace("phone_at_seat = false", "phone_everywhere = true")
    with pytest.raises(Refused, match="channels"):
        parse(book)
    cited = rulebooks.text(BOOK).replace('phone_at_seat = false\ncites = ["hall"]', 'cites = ["gone"]')
    with pytest.raises(Refused, match="there is no article gone"):
        parse(cited)


@given(st.lists(st.tuples(st.booleans(), st.sets(st.integers(1, 5), min_size=1)), max_size=12))
def test_law_open_is_who_was_named_last_by_an_opening(acts: list[tuple[bool, set[int]]]) -> None:
    hall, model = sitting_hall(5), set()
    for opening, named in acts:
        who = tuple(map(member, named))
        command = c.OpenMobile(who, WHY, CHAIR) if opening else c.CloseMobile(who, WHY, CHAIR)
        changes = named - model if opening else named & model
        if changes:
            hall.do(command)
        else:
            assert refused(hall, command).code == "nothing_new"
        model = model | named if opening else model - named
        assert set(hall.meeting.attendance.mobile) == set(map(member, model))
