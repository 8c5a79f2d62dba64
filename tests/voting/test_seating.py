"""Seats, sleep and presence: whose press counts where, and what is noted when it doesn't."""

from dataclasses import replace

import pytest

from hall_controller import rulebooks
from tests.voting.a_sitting import BOOK, CHAIR, SECRETARY, Hall, member, open_sitting, seat, sign_in
from voting import commands as c
from voting import events as e
from voting.errors import ImpossibleEvent, Refused, RuleBookFaulty
from voting.meeting import decide, evolve
from voting.rulebook import parse
from voting.seating import seat_of, seats_of, sitter_at


def rules(**seating: object) -> str:
    """A shipped book with another `[seating]`."""
    text = rulebooks.text(BOOK)
    start = text.index("[seating]")
    said = {"cites": ["hall"], **seating}
    lines = [
        f"{name} = {str(value).lower() if isinstance(value, bool) else _toml(value)}"
        for name, value in said.items()
    ]
    return text[:start] + "[seating]\n" + "\n".join(lines) + "\n\n" + text[text.index("[channels]") :]


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value).replace("'", '"')


def hall(members: int = 5, present: int = 5, **seating: object) -> Hall:
    made = Hall()
    made.do(open_sitting(members, text=rules(**seating)))
    for n in range(1, present + 1):
        made.sign_in(n)
    return made


def refused(here: Hall, command: c.Command) -> Refused:
    with pytest.raises(Refused) as caught:
        decide(here.meeting, command, here.at)
    return caught.value


def at(n: int, place: int, session: str = "") -> c.SignIn:
    return replace(sign_in(n, session or f"m{n}-at-{place}"), seat=seat(place))


def mark(n: int, present: bool) -> c.MarkPresence:
    return c.MarkPresence(member(n), present, "Ra ngoài", SECRETARY)


def test_without_a_seating_table_the_assigned_seat_alone_will_do() -> None:
    text = rulebooks.text(BOOK)
    plain = text[: text.index("[seating]")] + text[text.index("[channels]") :]
    book = parse(plain)
    assert (book.seating.place, book.seating.awake_s, book.seating.person_present) == (
        "assigned",
        None,
        False,
    )


def test_a_seating_table_names_its_faults() -> None:
    with pytest.raises(RuleBookFaulty) as caught:
        parse(rules(place="anywhere", cards_apart_s=0, cites=["nowhere"], sleepy=1))
    said = "\n".join(caught.value.faults)
    for fault in (
        "'anywhere' is none of",
        "0 is less than 1",
        "no article nowhere",
        "sleepy: is not known",
    ):
        assert fault in said


@pytest.mark.parametrize("place", ["any", "warn"])
def test_where_members_sit_as_they_like_one_sits_at_a_seat(place: str) -> None:
    here = hall(present=0, place=place)
    here.do(at(1, 4))
    assert refused(here, at(4, 4)).code == "seat_taken"
    sitting, attendance = here.meeting.open_sitting(), here.meeting.attendance
    assert (seat_of(sitting, attendance, member(1)), seat_of(sitting, attendance, member(4))) == (
        seat(4),
        None,
    )
    assert sitter_at(sitting, attendance, seat(4)) == member(1)
    assert sitter_at(sitting, attendance, seat(1)) is None
    assert sitter_at(sitting, attendance, seat(2)) == member(2)
    assert seats_of(sitting, attendance)[member(1)] == seat(4)
    here.do(at(1, 2))
    assert sitter_at(here.meeting.open_sitting(), here.meeting.attendance, seat(4)) == member(4)


def test_a_seat_votes_for_one_member_in_a_vote() -> None:
    here = hall(present=0, place="any")
    here.do(at(1, 3))
    here.open()
    first = replace(here.ballot(1), seat=seat(3), session="m1-at-3")
    here.do(first)
    here.do(c.SignOut("m1-at-3", "card_removed"))
    here.do(at(2, 3))
    second = replace(here.ballot(2), seat=seat(3), session="m2-at-3")
    assert refused(here, second).code == "seat_voted_already"
    here.do(at(2, 4))
    here.do(replace(here.ballot(2), seat=seat(4), session="m2-at-4"))


def test_a_new_roll_puts_every_seat_to_sleep_and_present_is_who_answers() -> None:
    here = hall()
    here.sign_in(5, channel="mobile")
    here.open_mobile(5)
    assert [type(event) for event in here.do(c.CallRoll(CHAIR))] == [e.RollCalled]
    assert here.meeting.attendance.present == {member(5)}
    here.open()
    refusal = refused(here, here.ballot(1))
    assert refusal.code == "session_asleep"
    assert refusal.lines == ("PHIEN DANG TAM NGHI", "MOI NHAP LAI MA PIN")
    here.do(here.ballot(5, channel="mobile"))
    assert refused(here, sign_in(1)).code == "session_ended", "the old statement wakes nothing"
    replaced, woken = here.do(sign_in(1, "woken"))
    assert (replaced, type(woken)) == (e.SignedOut("seat-1", "replaced"), e.SignedIn)
    here.do(replace(here.ballot(1), session="woken"))
    assert here.meeting.attendance.present == {member(1), member(5)}


def test_no_roll_is_called_while_ballots_are_taken() -> None:
    here = hall()
    here.announce()
    here.do(c.CallRoll(CHAIR))
    here = hall()
    here.open()
    assert refused(here, c.CallRoll(CHAIR)).code == "roll_during_vote"


@pytest.mark.parametrize(
    ("suspicion", "code"), [("refuse", "marked_absent"), ("hold", "marked_absent_held")]
)
def test_a_press_of_a_member_marked_absent(suspicion: str, code: str) -> None:
    here = hall(suspicion=suspicion)
    here.sign_in(1, channel="mobile")
    here.open_mobile(1)
    here.open()
    here.do(mark(1, False))
    assert here.meeting.present == 4
    for channel in ("seat", "mobile"):
        refusal = refused(here, here.ballot(1, channel=channel))  # type: ignore[arg-type]
        assert (refusal.code, refusal.final) == (code, suspicion == "refuse")
    here.do(mark(1, True))
    here.do(here.ballot(1, channel="mobile"))
    assert refused(here, here.ballot(1)).code == "session_asleep", "the seat wants the PIN"
    here.do(sign_in(1, "back"))
    here.do(replace(here.ballot(1), session="back"))


def test_who_comes_back_and_types_the_pin_is_present() -> None:
    here = hall()
    here.do(mark(1, False))
    here.do(sign_in(1, "back"))
    assert here.meeting.present == 5
    assert refused(here, mark(1, True)).code == "nothing_new"


def test_a_sleeping_card_that_is_pulled_takes_its_member_along() -> None:
    here = hall(awake_s=60)
    here.later(60).do(c.PutToSleep("seat-1", "time_over"))
    assert here.meeting.present == 5, "a key that sleeps doesn't say that anybody left"
    here.do(c.SignOut("seat-1", "card_removed"))
    assert here.meeting.present == 4


def test_the_rule_books_time_lets_a_session_sleep_but_not_in_a_vote() -> None:
    here = hall(awake_s=60)
    sleep = c.PutToSleep("seat-1", "time_over")
    assert refused(here.later(59), sleep).code == "not_yet_asleep"
    here.later(1).open()
    assert refused(here, sleep).code == "not_yet_asleep"
    here.cast(1)
    here.close()
    here.do(sleep)
    assert here.do(sleep) == ()
    assert refused(here, c.PutToSleep("nobody", "time_over")).code == "not_signed_in"
    assert refused(hall(), sleep).code == "not_yet_asleep", "no time is set"


def test_a_card_at_two_places_sleeps_only_where_the_rule_book_holds_it() -> None:
    sleep = c.PutToSleep("seat-1", "two_places")
    assert refused(hall(), sleep).code == "not_yet_asleep"
    held = hall(suspicion="hold")
    held.do(sleep)
    held.open()
    assert refused(held, held.ballot(1)).code == "session_asleep"


def test_an_incident_is_noted_once_until_it_is_acknowledged() -> None:
    here = hall()
    note = c.NoteIncident("key_without_card", "003", None)
    assert here.do(note) == (e.IncidentNoted(1, "key_without_card", "003", None),)
    assert here.do(note) == ()
    assert here.do(c.NoteIncident("key_without_card", "004", None))[0] == e.IncidentNoted(
        2, "key_without_card", "004", None
    )
    here.open()
    assert len(here.do(note)) == 1, "another vote"
    here.do(c.AcknowledgeIncident(3, SECRETARY))
    assert here.meeting.incidents[3].seen_by == SECRETARY
    assert refused(here, c.AcknowledgeIncident(3, SECRETARY)).code == "nothing_new"
    assert refused(here, c.AcknowledgeIncident(9, SECRETARY)).code == "incident_unknown"
    assert here.do(note) == (e.IncidentNoted(4, "key_without_card", "003", None),)


@pytest.mark.parametrize(
    "event",
    [
        e.IncidentNoted(2, "x", "001", None),
        e.IncidentAcknowledged(1, "x"),
        e.SessionSlept("nobody", "time_over"),
        e.SignedIn("other", member(2), seat(1), "seat", "k", sign_in(2).expires),
    ],
    ids=lambda event: type(event).__name__,
)
def test_what_cannot_have_happened_breaks_the_log(event: e.Event) -> None:
    here = hall(present=1)
    with pytest.raises(ImpossibleEvent):
        evolve(here.meeting, event, here.at)


def test_what_is_withheld_leaves_the_meeting_as_it_was() -> None:
    here = hall(present=1)
    assert evolve(here.meeting, e.SessionSlept(None, "time_over"), here.at) is here.meeting
    noted = evolve(here.meeting, e.IncidentNoted(1, "card_elsewhere", None, None), here.at)
    assert noted.incidents[1].place is None
