"""The registrar's desk: a member comes with card and phone, and goes with a phone that votes."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from audit import statement
from display.ports import PhoneBinding
from firmware_bridge import envelope, texts
from firmware_bridge.links import Topics
from firmware_bridge.messages import Speak
from hall_controller.casting import DeskTakesNoVotes
from hall_controller.desk_codes import MOST_WRONG, DeskCodeNeeded, DeskCodeWrong
from hall_controller.intake import Intake
from hall_controller.phone_refusals import (
    CardNotTakenAtDesk,
    NoCardAtDesk,
    NoPhoneBound,
    PlaceUnknown,
    SeatBusy,
)
from hall_controller.rehearsal import objection
from simulators.bus import BusFaults, SimulatedBus
from simulators.card import SimulatedCard
from tests.hall_controller.chamber import ORIGIN
from tests.hall_controller.test_intake_phones import Phone, compared, intake_of
from tests.hall_controller.test_pin_from_phone import AtSeat
from tests.hall_on_bus import HALL, HallOnBus, SeatHere, on_simulated, until
from voting import ballot
from voting import events as ev
from voting.errors import NotAMember, SessionEnded, SittingNotOpen
from voting.ids import SeatId, VoteId

DESK = SeatId("desk-1")


@asynccontextmanager
async def hall(
    tmp_path: Path, *, pads: bool = True, bus: SimulatedBus | None = None
) -> AsyncIterator[HallOnBus]:
    """Two seats and a desk; the sitting is open, nobody has come."""
    at = HallOnBus(tmp_path, on_simulated(bus or SimulatedBus()), network=2, desks=1, pads=pads)
    async with at as here:
        await here.open_sitting()
        yield here


def put_in(here: HallOnBus, member: SeatHere) -> None:
    here.desk.readers.insert(DESK, member.card)


async def known(here: HallOnBus, member: SeatHere) -> None:
    put_in(here, member)
    await until(lambda: "KINH CHAO" in here.desk.text)


def shown(here: HallOnBus) -> str:
    """The code that the desk's unit shows with its greeting."""
    found = re.search(r"(?:MA|MA MOI:) ([0-9 ]{6,9}) /", here.desk.text)
    assert found is not None, here.desk.text
    return found[1].replace(" ", "")


def wrong(here: HallOnBus) -> str:
    return str(9 - int(shown(here)[0])) + shown(here)[1:]


def asked(here: HallOnBus, phone: Phone) -> PhoneBinding:
    """By somebody who stands before the unit."""
    return intake_of(here).request_phone_binding(phone.jwk, DESK, shown(here))


def is_at(intake: Intake, binding: PhoneBinding, state: str) -> bool:
    found = intake.phone_binding(binding.enrolment)
    return found is not None and found.state == state


async def bound(here: HallOnBus, member: SeatHere, phone: Phone) -> PhoneBinding:
    intake = intake_of(here)
    await known(here, member)
    binding = asked(here, phone)
    await until(lambda: here.desk.text == f"{name(member)} / {binding.digits}  DUNG: TT")
    await compared(here.desk)
    await here.desk.type_pin()
    await until(lambda: is_at(intake, binding, "bound"))
    return binding


def refusals(bus: SimulatedBus) -> list[str]:
    """Codes of all that the desk's bridge was refused, as it was told on the bus."""
    told = [envelope.unpack(payload) for topic, payload in bus.tape if topic == Topics(HALL).down("desk-1")]
    said = [statement.parse(jws, statement.HALL).payload for message in told for jws in message]
    return [str(one["code"]) for one in said if one["type"] == "refused"]


def name(member: SeatHere) -> str:
    return f"NGUYEN VAN {int(member.seat)}"


async def test_a_phone_is_bound_at_the_desk_and_votes_and_its_session_outlives_the_card_there(
    tmp_path: Path,
) -> None:
    async with hall(tmp_path) as here:
        member, phone, intake = here.everybody[0], Phone(), intake_of(here)
        binding = await bound(here, member, phone)
        await until(lambda: here.desk.text == f"DA GAN DIEN THOAI / {name(member)}")
        session = intake.phones.session_of(binding.key_id)
        assert session is not None
        assert (session.member, session.seat, session.channel) == (member.member.id, None, "mobile")
        here.desk.readers.pull(DESK)
        await until(lambda: here.desk.text == "BAN DANG KY / MOI DUA THE VAO")
        assert intake.phones.session_of(binding.key_id) == session
        assert member.member.id in here.hall.meeting.attendance.present
        challenge = intake.phone_challenge(binding.key_id)
        assert intake.prove_phone(binding.key_id, challenge, phone.proof(challenge)) is not None
        await here.open_mobile(member)
        await here.open_vote()
        await intake.cast_mobile(phone.ballot(here, member.member.id, session.id, "reject"))
        assert here.effective(member) == ("reject", 1)


async def test_in_an_open_vote_too_and_beside_the_session_at_the_seat(tmp_path: Path) -> None:
    """A card taken out ended the session at its seat; one that broke down may still have it."""
    async with hall(tmp_path) as here:
        member, phone = here.everybody[0], Phone()
        await here.all_signed_in()
        seated = here.hall.meeting.attendance.session_of(member.member.id, "seat")
        await here.stop_bridge(here.rows[0])
        member.readers.pull(member.seat)
        await here.open_vote()
        binding = await bound(here, member, phone)
        attendance = here.hall.meeting.attendance
        assert attendance.session_of(member.member.id, "seat") == seated, "one live session a channel"
        session = intake_of(here).phones.session_of(binding.key_id)
        assert session is not None
        await here.open_mobile(member)
        await intake_of(here).cast_mobile(phone.ballot(here, member.member.id, session.id, "approve"))
        assert here.effective(member) == ("approve", 1)


async def test_without_a_pad_the_phone_that_is_bound_gives_the_pin(tmp_path: Path) -> None:
    async with hall(tmp_path, pads=False) as here:
        phone, intake = Phone(), intake_of(here)
        await known(here, here.everybody[0])
        binding = asked(here, phone)
        await until(lambda: binding.digits in here.desk.text)
        await compared(here.desk)
        at = AtSeat(here, here.desk)
        request, _ = await at.asked(first=f"PIN CHO DT {binding.digits}")
        assert request.greeting is None, "who stands there is told to nobody on the network"
        await at.type(first=f"PIN CHO DT {binding.digits}")
        await until(lambda: is_at(intake, binding, "bound"))
        assert at.state.state == "signed_in"


async def test_one_member_after_the_other(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        for member in here.everybody:
            await bound(here, member, Phone())
            here.desk.readers.pull(DESK)
            await until(lambda: here.desk.text == "BAN DANG KY / MOI DUA THE VAO")
        assert len(here.hall.meeting.attendance.sessions) == 2


async def test_the_desk_is_no_seat_of_the_hall(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        assert here.controller is not None
        seats = here.controller.seats
        await until(lambda: seats[DESK].status == "online")
        await here.all_signed_in()
        assert seats.online() == 2
        await here.stop_bridge(here.rows[-1])
        await until(lambda: seats[DESK].status == "offline")
        assert (seats.offline(), seats.clones()) == ([], [])


async def test_a_key_pressed_at_the_desk_in_an_open_vote_is_no_ballot(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        member = here.everybody[0]
        await known(here, member)
        await here.open_vote()
        for key in ("1", "2", "speak"):
            here.desk.press(key)
            await until(lambda: here.desk.text == "BAN DANG KY / KHONG BIEU QUYET")
        assert here.recorded() == 0
        assert not here.hall.meeting.attendance.sessions


async def test_whatever_a_desks_bridge_says_it_signs_nobody_in_and_casts_nothing(tmp_path: Path) -> None:
    """Its key in a thief's hands: each word of a seat's that it might say for the desk is refused."""
    bus = SimulatedBus()
    async with hall(tmp_path, bus=bus) as here:
        member, phone, intake = here.everybody[0], Phone(), intake_of(here)
        binding = await bound(here, member, phone)
        session = intake.phones.session_of(binding.key_id)
        assert session is not None
        await here.open_vote()
        form = ballot.form(here.hall.meeting, VoteId("v1"), ORIGIN)["form"]
        filled = statement.fill(
            form, member=member.member.id, seat=DESK, device="DH-D1", choice="approve", rev=1, prev=None,
            nonce=bytes(16),
        )  # fmt: skip
        forged = statement.sign(statement.BALLOT, filled, phone.signer, sk=session.id)
        intake.passed_on("desk-1", forged, statement.BALLOT)
        intake.said("desk-1", Speak(DESK, 1))
        await until(lambda: refusals(bus) == [DeskTakesNoVotes().code, "not_signed_in"])
        assert here.recorded() == 0


async def test_a_session_statement_for_the_desk_answers_no_challenge(tmp_path: Path) -> None:
    bus = SimulatedBus()
    async with hall(tmp_path, bus=bus) as here:
        member, intake = here.everybody[0], intake_of(here)
        await known(here, member)
        here_card = intake.admission.card_at(DESK)
        assert here_card is not None
        assert here_card.challenge is None
        payload = {
            "log": ORIGIN, "sit": "s1", "member": member.member.id, "seat": DESK, "channel": "seat",
            "key": Phone().jwk, "exp": "2099-01-01T00:00:00.000Z", "chal": "AAAAAAAAAAAAAAAAAAAAAA",
        }  # fmt: skip
        jws = statement.sign(
            statement.SESSION_KEY, payload, Phone().signer, **{"x5t#S256": here_card.fingerprint}
        )
        intake.passed_on("desk-1", jws, statement.SESSION_KEY)
        await until(lambda: refusals(bus) == ["challenge_unknown"])
        assert not here.hall.meeting.attendance.sessions


async def test_a_log_in_which_somebody_sat_at_the_desk_is_objected_to_by_whoever_recounts_it(
    tmp_path: Path,
) -> None:
    """A hall that signed a member in there would have to forge the rules too."""
    async with hall(tmp_path) as here:
        member = here.everybody[0].member.id
        meeting, at = here.hall.meeting, here.now()
        signed = ev.SignedIn("ab" * 32, member, DESK, "seat", "key", at + timedelta(hours=1))
        found = objection(meeting, [signed], {}, at)
        assert found is not None
        assert "the rules refuse it" in found
        rightly = replace(signed, seat=None, channel="mobile")
        assert objection(meeting, [rightly], {}, at) is None


async def test_what_cant_be_bound_at_the_desk_is_refused_with_its_reason(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        member, intake, phone = here.everybody[0], intake_of(here), Phone()
        with pytest.raises(PlaceUnknown, match="desk-9"):
            intake.request_phone_binding(phone.jwk, SeatId("desk-9"))
        with pytest.raises(NoCardAtDesk):
            intake.request_phone_binding(phone.jwk, DESK)
        here.desk.readers.insert(DESK, here.strangers_card(member))
        await until(lambda: "THE KHONG HOP LE" in here.desk.text)
        with pytest.raises(CardNotTakenAtDesk):
            intake.request_phone_binding(phone.jwk, DESK)
        here.desk.readers.pull(DESK)
        guest = here.authority.issue("guest-1", "Khách", here.now())
        here.desk.readers.insert(DESK, SimulatedCard({0x9A: guest}))
        await until(lambda: "KHONG CO TRONG" in here.desk.text)
        with pytest.raises(NotAMember):
            intake.request_phone_binding(phone.jwk, DESK)


async def test_while_one_phone_is_compared_another_waits(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        intake = intake_of(here)
        await known(here, here.everybody[0])
        code, first = shown(here), asked(here, Phone())
        with pytest.raises(SeatBusy) as busy:
            intake.request_phone_binding(Phone().jwk, DESK, code)
        assert "bấm ✕ tại đó" in busy.value.text["vi"]
        await until(lambda: first.digits in here.desk.text)
        here.desk.press("2")
        await until(lambda: is_at(intake, first, "refused"))
        assert not here.hall.meeting.attendance.sessions
        second = intake.request_phone_binding(Phone().jwk, DESK, code)
        await until(lambda: second.digits in here.desk.text)
        here.desk.readers.pull(DESK)
        await until(lambda: is_at(intake, second, "refused"))


async def test_who_doesnt_read_the_unit_gets_nothing_of_it_and_takes_nothing_from_who_does(
    tmp_path: Path,
) -> None:
    """However often strangers ask, at whichever card: its owner is next, and so is the one after."""
    async with hall(tmp_path) as here:
        intake = intake_of(here)
        for member in here.everybody:
            await known(here, member)
            for _ in range(7):
                with pytest.raises(DeskCodeNeeded):
                    intake.request_phone_binding(Phone().jwk, DESK)
                with pytest.raises(DeskCodeWrong):
                    intake.request_phone_binding(Phone().jwk, DESK, wrong(here))
            digits = asked(here, Phone()).digits
            await until(lambda digits=digits: digits in here.desk.text)
            here.desk.readers.pull(DESK)
            await until(lambda: here.desk.text == "BAN DANG KY / MOI DUA THE VAO")


async def test_where_somebody_guesses_the_unit_shows_a_longer_code_once_and_its_reader_goes_on(
    tmp_path: Path,
) -> None:
    async with hall(tmp_path) as here:
        intake = intake_of(here)
        await known(here, here.everybody[0])
        first = shown(here)
        for _ in range(MOST_WRONG):
            with pytest.raises(DeskCodeWrong):
                intake.request_phone_binding(Phone().jwk, DESK, wrong(here))
        await until(lambda: here.desk.text.startswith("MA MOI: "))
        second = shown(here)
        assert (len(first), len(second)) == (6, 8)
        with pytest.raises(DeskCodeWrong):
            intake.request_phone_binding(Phone().jwk, DESK, first)
        for _ in range(3 * MOST_WRONG):
            with pytest.raises(DeskCodeWrong):
                intake.request_phone_binding(Phone().jwk, DESK, wrong(here))
        assert shown(here) == second, "no guess takes it from its reader again"
        binding = asked(here, Phone())
        await until(lambda: binding.digits in here.desk.text)


async def test_each_card_that_comes_has_a_code_of_its_own(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        await known(here, here.everybody[0])
        first = shown(here)
        here.desk.readers.pull(DESK)
        await until(lambda: here.desk.text == "BAN DANG KY / MOI DUA THE VAO")
        await known(here, here.everybody[0])
        assert shown(here) != first
        with pytest.raises(DeskCodeWrong):
            intake_of(here).request_phone_binding(Phone().jwk, DESK, first)


async def test_a_desk_whose_word_was_lost_is_free_again_with_the_next_card(tmp_path: Path) -> None:
    bus = SimulatedBus()
    async with hall(tmp_path, bus=bus) as here:
        intake, (first, second) = intake_of(here), here.everybody
        await known(here, first)
        binding = asked(here, Phone())
        await until(lambda: binding.digits in here.desk.text)
        bus.faults = BusFaults(lost=1.0)
        here.desk.readers.pull(DESK)
        await until(lambda: here.desk.text == "BAN DANG KY / MOI DUA THE VAO")
        bus.faults = BusFaults()
        await until(lambda: is_at(intake, binding, "refused"))
        await bound(here, second, Phone())


async def test_digits_that_are_not_the_keys_are_signed_by_no_card(tmp_path: Path) -> None:
    """A hall that lied about the key: the bridge compares what it shows with what the card would sign."""
    async with hall(tmp_path) as here:
        intake = intake_of(here)
        await known(here, here.everybody[0])
        binding = asked(here, Phone())
        await until(lambda: binding.digits in here.desk.text)
        row = here.rows[-1]
        assert row.bridge is not None
        place = row.bridge.row.seat(DESK)
        assert place is not None
        assert place.binding is not None
        place.binding.words = replace(place.binding.words, key=Phone().jwk)
        await compared(here.desk)
        await until(lambda: is_at(intake, binding, "refused"))
        assert not here.hall.meeting.attendance.sessions
        await until(lambda: texts.CARD_UNUSABLE[0] in here.desk.text)


async def test_before_the_sitting_the_card_waits_and_is_known_once_it_opens(tmp_path: Path) -> None:
    at = HallOnBus(tmp_path, on_simulated(SimulatedBus()), network=1, desks=1)
    async with at as here:
        put_in(here, here.everybody[0])
        await until(lambda: here.desk.text == "DA DOC THE / CHO KHAI MAC")
        with pytest.raises(SittingNotOpen):
            intake_of(here).request_phone_binding(Phone().jwk, DESK)
        await here.open_sitting()
        await until(lambda: "KINH CHAO" in here.desk.text)


async def test_a_hall_that_starts_anew_knows_the_desk_and_the_phone(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        member, phone = here.everybody[0], Phone()
        binding = await bound(here, member, phone)
        await here.restart_controller()
        intake = intake_of(here)
        assert intake.phones.session_of(binding.key_id) is not None
        await until(lambda: intake.admission.card_at(DESK) is not None)
        await until(lambda: "KINH CHAO" in here.desk.text)
        again = asked(here, Phone())
        await until(lambda: again.digits in here.desk.text)


async def test_a_lost_phone_is_refused_everywhere_at_once_and_after_a_restart(tmp_path: Path) -> None:
    """The member comes to the desk with the card alone: thirty seconds are allowed, none are needed."""
    async with hall(tmp_path) as here:
        member, phone, intake = here.everybody[0], Phone(), intake_of(here)
        binding = await bound(here, member, phone)
        session = intake.phones.session_of(binding.key_id)
        assert session is not None
        await here.open_mobile(member)
        await here.open_vote()
        here.desk.readers.pull(DESK)
        await until(lambda: here.desk.text == "BAN DANG KY / MOI DUA THE VAO")
        await known(here, member)
        for code, why in ((None, DeskCodeNeeded), (wrong(here), DeskCodeWrong)):
            with pytest.raises(why):
                await intake.phone_lost(DESK, code)
        await intake.phone_lost(DESK, shown(here))
        await until(lambda: here.desk.text == f"DA KHOA DIEN THOAI / {name(member)}")
        ballot_of_it = phone.ballot(here, member.member.id, session.id, "approve")
        for _ in range(2):
            intake = intake_of(here)
            challenge = intake.phone_challenge(binding.key_id)
            assert intake.prove_phone(binding.key_id, challenge, phone.proof(challenge)) is None
            with pytest.raises(SessionEnded):
                await intake.cast_mobile(ballot_of_it)
            await here.restart_controller()
        assert here.recorded() == 0
        assert member.member.id in here.hall.meeting.attendance.present, "the phone is lost, nobody left"


async def test_losing_it_is_told_at_a_desk_with_the_card_and_nowhere_else(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        member, intake = here.everybody[0], intake_of(here)
        with pytest.raises(NoCardAtDesk):
            await intake.phone_lost(DESK, "482193")
        await known(here, member)
        with pytest.raises(NoPhoneBound):
            await intake.phone_lost(DESK, shown(here))
        await here.all_signed_in()
        for elsewhere in (member.seat, "desk-9"):
            with pytest.raises(PlaceUnknown):
                await intake.phone_lost(SeatId(elsewhere), "482193")
