"""The table of impostures: each tried on the simulated hall over its real parts, refused, told and logged.

What can't be detected stands in docs/guides/security.md.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import statement
from audit.signing import EcSigner, Ed25519Signer
from firmware_bridge import envelope
from firmware_bridge.messages import Lit
from hall_controller.cli.demo.furnish import ORIGIN
from simulators.authority import Authority
from simulators.card import SimulatedCard
from simulators.console import SeatUnit
from tests.sittings.hall_under_test import SECOND_VOTE, VOTE, HallUnderTest, steady, until
from tests.sittings.impostors import AT_ANY_SEAT, Stage, pin_of, program_log, put, reads, stage
from tests.sittings.intruder import TOPICS, dropped, intruder, stolen_ballot
from tests.sittings.test_phone_after_kill import Phone

Imposture = Callable[[Stage], Awaitable[None]]


def on_file(hall: HallUnderTest, crl: bytes) -> None:
    file = hall.furnished.folder / "crl.der"
    file.with_suffix(".new").write_bytes(crl)
    file.with_suffix(".new").replace(file)


async def neighbours_card(on: Stage) -> None:
    """The neighbour stayed at home and lent out the card."""
    await on.begin(absent=[on.victim])
    await put(on.victim, at=on.impostor)
    await reads(on.impostor, f"MOI VE GHE SO {on.victim.seat.seat}")
    on.hall.press(on.impostor, "approve")
    await on.told("wrong_seat", on.impostor.seat.seat, on.victim.member)


async def owner_out_card_left_in_the_slot(on: Stage) -> None:
    """The member next to the empty seat presses there; an officer has seen that its owner went out."""
    await on.begin()
    on.hall.crowd.step_aside(on.victim.member)
    await on.hall.officer.act(
        "mark_presence", member=on.victim.member, present=False, reason="Ra ngoài, thẻ còn trong ổ"
    )
    await until(lambda: not on.victim.seat.armed)
    on.hall.press(on.victim, "approve")
    await on.told("press_while_absent", on.victim.seat.seat, on.victim.member)
    await reads(on.victim, "PHIEN DANG TAM NGHI")


async def owner_out_when_a_new_roll_is_called(on: Stage) -> None:
    """Nobody has seen who went out: the roll finds it, for only the PIN answers."""
    await on.begin(voting=False)
    on.hall.crowd.step_aside(on.victim.member)
    await on.hall.officer.act("call_roll")
    await on.hall.officer.until(lambda view: view["sitting"]["present"] == len(on.hall.people) - 1)
    await on.open_vote(absent=[on.victim])
    on.hall.press(on.victim, "approve")
    await on.told("press_asleep", on.victim.seat.seat, on.victim.member)


async def ten_cards_one_pusher(on: Stage) -> None:
    """With the PINs of all of them: the second card is too soon, and then the seat has voted."""
    await on.begin(absent=[on.impostor, on.victim])
    console = on.impostor
    await put(on.impostor, at=console)
    await pin_of(on.impostor, at=console)
    await until(lambda: console.seat.armed)
    await on.vote({on.impostor.member: "reject"})
    await put(on.victim, at=console)
    await reads(console, "HAI THE QUA NHANH")
    await on.told("cards_too_soon", console.seat.seat, on.victim.member)
    await asyncio.sleep(3.1)
    await put(on.victim, at=console)
    await pin_of(on.victim, at=console)
    await until(lambda: console.seat.armed)
    on.hall.press(console, "reject")
    await on.told("seat_voted_already", console.seat.seat, on.victim.member)


async def two_seats(on: Stage) -> None:
    """A member with two cards, one in a friend's slot; then the key of a session that was replaced."""
    await on.begin(absent=[on.victim])
    again = on.hall.furnished.authority.issue(on.impostor.member, on.impostor.name, datetime.now(UTC))
    on.victim.seat.insert(SimulatedCard({0x9A: again}, pin=on.impostor.pin))
    await reads(on.victim, f"THE DANG O GHE {on.impostor.seat.seat}")
    await on.told("card_elsewhere", on.victim.seat.seat, on.impostor.member)
    _, old = stolen_ballot(on.hall, on.impostor)
    on.hall.crowd.step_aside(on.impostor.member)
    on.impostor.seat.pull()
    on.victim.seat.pull()
    await until(lambda: on.hall.seen().types().count("SignedOut") == 1)
    async with intruder(on.hall, on.impostor.seat.bridge) as thief:
        thief.pass_on(old)
        await on.told("session_over", on.impostor.seat.seat, on.impostor.member)


async def stolen_session_token(on: Stage) -> None:
    """What is on the bus of a session, its name and its statement, without its key."""
    await on.begin()
    bridge = on.victim.seat.bridge
    seat = on.hall.bridges[bridge].row.seat(on.victim.seat.seat)
    assert seat is not None
    assert seat.slot.session is not None
    hash, ballot = stolen_ballot(on.hall, on.victim)
    said = statement.parse(ballot, statement.BALLOT)
    own = EcSigner(ec.generate_private_key(ec.SECP256R1()))
    forged = statement.sign(
        statement.BALLOT, said.payload, own, kid=said.header["kid"], sk=said.header["sk"]
    )
    async with intruder(on.hall, bridge) as thief:
        thief.pass_on(forged)
        assert (await thief.refusal_of(hash))["code"] == "ballot_untrue"
        await on.told("ballot_untrue", on.victim.seat.seat, on.victim.member)
        on.hall.crowd.step_aside(on.victim.member)
        session = seat.slot.session.jws
        on.victim.seat.pull()
        await until(lambda: on.hall.seen().types().count("SignedOut") == 1)
        thief.pass_on(session)
        refusal = await thief.refusal_of(statement.parse(session, statement.SESSION_KEY).payload_hash)
        assert refusal["code"] == "challenge_unknown"
    assert on.hall.seen().types().count("SignedIn") == len(on.hall.people)


async def replay_of_yesterdays_ballot(on: Stage) -> None:
    """A ballot of another sitting; and a recorded one played back."""
    await on.begin()
    old = on.honest[0]
    async with intruder(on.hall, old.seat.bridge, TOPICS.up(old.seat.bridge)) as thief:
        hash, yesterdays = stolen_ballot(on.hall, on.impostor, sit="2026-11-20-sang")
        thief.pass_on(yesterdays)
        assert (await thief.refusal_of(hash))["code"] == "wrong_question"
        await on.told("ballot_elsewhere", on.impostor.seat.seat, on.impostor.member)
        await on.vote({on.impostor.member: "reject"})
        (recorded,) = on.hall.seen().of(VOTE)[on.impostor.member]
        before, entries = len(thief.receipts_of(recorded.hash)), len(on.hall.seen().entries)
        thief.pass_on(thief.overheard(recorded.hash))
        await until(lambda: len(thief.receipts_of(recorded.hash)) == before + 1)
        assert len(on.hall.seen().entries) == entries, "its first receipt, and nothing more"


async def ballot_for_another_vote_or_seat(on: Stage) -> None:
    await on.begin()
    async with intruder(on.hall, on.impostor.seat.bridge) as thief:
        for altered, code, kind, whose in (
            ({"vote": SECOND_VOTE}, "vote_unknown", "ballot_elsewhere", on.impostor),
            ({"def": "0" * 64}, "wrong_question", "ballot_elsewhere", on.impostor),
            ({"member": on.victim.member}, "session_mismatch", "ballot_of_another", on.victim),
        ):
            hash, ballot = stolen_ballot(on.hall, on.impostor, **altered)
            thief.pass_on(ballot)
            assert (await thief.refusal_of(hash))["code"] == code
            await on.told(kind, on.impostor.seat.seat, whose.member)
        hash, ballot = stolen_ballot(on.hall, on.impostor, seat=on.victim.seat.seat)
        thief.pass_on(ballot)
        assert (await thief.refusal_of(hash))["code"] == "session_mismatch"
        await on.told("ballot_of_another", on.victim.seat.seat, on.impostor.member)


async def other_ca(on: Stage) -> None:
    """A card that names the member, from an authority that the hall doesn't know: a test hall's too."""
    await on.begin(absent=[on.victim])
    elsewhere = Authority(datetime.now(UTC)).issue(on.victim.member, on.victim.name, datetime.now(UTC))
    on.victim.seat.insert(SimulatedCard({0x9A: elsewhere}, pin=on.victim.pin))
    await reads(on.victim, "THE KHONG HOP LE")
    on.hall.press(on.victim, "approve")
    await on.told("card_refused", on.victim.seat.seat)


async def revoked_in_mid_vote(on: Stage) -> None:
    now, authority = datetime.now(UTC), on.hall.furnished.authority
    lost = authority.issue(on.victim.member, on.victim.name, now)
    on.victim.seat.insert(SimulatedCard({0x9A: lost}, pin=on.victim.pin))
    await on.begin()
    authority.revoke(lost.certificate, datetime.now(UTC))
    on_file(on.hall, authority.crl(datetime.now(UTC)))
    await reads(on.victim, "THE DA BI THU HOI")
    on.hall.press(on.victim, "approve")
    await on.told("card_refused", on.victim.seat.seat)
    assert on.hall.seen().types().count("TrustListed") == 2


async def expired_crl(on: Stage) -> None:
    """The hall starts with a list whose day is over: nobody signs in with any card till a good one."""
    authority = on.hall.furnished.authority
    await on.hall.stop_controller()
    for file in on.hall.furnished.folder.glob("hall.db*"):
        file.unlink()
    on_file(on.hall, authority.crl(datetime.now(UTC) - timedelta(days=60)))
    await on.hall.start_controller()
    await on.hall.everything_online()
    await on.hall.officer.act("open_sitting")
    on.impostor.seat.insert(on.impostor.card)
    await on.told("lists_over", "hall")
    assert on.hall.seen().types().count("SignedIn") == 0
    on.impostor.seat.pull()
    on_file(on.hall, authority.crl(datetime.now(UTC)))
    await until(lambda: on.hall.seen().types().count("TrustListed") == 2)
    on.hall.crowd.arrive([person.member for person in on.hall.people], 0)
    await on.hall.officer.until(lambda view: view["sitting"]["present"] == len(on.hall.people))
    await on.open_vote()


async def foreign_origin(on: Stage) -> None:
    """Another site's page in the officer's browser, cookie and all."""
    await on.begin()
    cookies = dict(on.hall.officer._http.cookies)
    async with httpx.AsyncClient(base_url=on.hall.address, cookies=cookies) as browser:
        for origin in ("https://evil.example", "null"):
            answer = await browser.post(
                "/api/acts",
                json={"act": "close", "vote": VOTE, "id": "12345678"},
                headers={"Origin": origin},
            )
            assert (answer.status_code, answer.json()["code"]) == (403, "foreign_origin")
    assert "foreign_origin: POST /api/acts" in program_log(on.hall)
    assert on.hall.phase() == "open"


async def stale_nonce(on: Stage) -> None:
    """A ballot for an opening that was; a card's answer to a challenge that another card was given."""
    await on.begin()
    async with intruder(on.hall, on.impostor.seat.bridge) as thief:
        hash, ballot = stolen_ballot(on.hall, on.impostor, chal="AAAAAAAAAAAAAAAAAAAAAA")
        thief.pass_on(ballot)
        assert (await thief.refusal_of(hash))["code"] == "wrong_challenge"
        await on.told("ballot_elsewhere", on.impostor.seat.seat, on.impostor.member)


async def forged_frame(on: Stage) -> None:
    """On the serial line, a unit without the seat's key; on the bus, words that no bridge signed."""
    await on.begin()
    victim, line = on.victim, on.hall.simulated.rows[on.victim.seat.bridge]
    victim.seat.unit.power_off()
    forger = SeatUnit(victim.seat.unit.address, victim.seat.unit.serial, b"not the seat key")
    line.plug(forger)
    forger.press("1", on.hall.simulated.clock())
    await on.told("console_doubled", victim.seat.seat, victim.member)
    line.unplug(forger)
    victim.seat.unit.power_on(on.hall.simulated.clock())
    await until(lambda: victim.seat.armed)
    stranger = Ed25519Signer(Ed25519PrivateKey.generate())
    word = envelope.seal_up(
        Lit(VOTE, (victim.seat.seat,)),
        bridge="row-01",
        boot="b",
        n=1,
        at=datetime.now(UTC),
        signer=stranger,
    )
    async with intruder(on.hall, "row-01") as thief:
        thief.pass_on(word)
        await dropped(on.hall, "bad_signature", "row-01")
        await on.told("bus_forged", "row-01")


async def forged_receipt(on: Stage) -> None:
    """The hall hangs while a member presses; somebody says in its name that it is recorded."""
    await on.begin()
    link = on.hall.bridges["row-01"]._link
    async with intruder(on.hall, "row-01", TOPICS.up("row-01")) as thief:
        on.hall.freeze_controller()
        try:
            lit = on.hall.press(on.victim, "reject")
            await until(thief.ballots_overheard)
            (ballot,) = thief.ballots_overheard()
            said = {
                "log": ORIGIN,
                "vote": VOTE,
                "ballot": ballot,
                "seq": 70,
                "t": "2026-11-21T08:00:00.000Z",
            }
            stranger = Ed25519Signer(Ed25519PrivateKey.generate())
            before = link.dropped
            thief.tell(statement.sign(statement.RECEIPT, said, stranger))
            await until(lambda: link.dropped == before + 1)
            assert not steady(on.victim)
        finally:
            on.hall.thaw_controller()
    await asyncio.wait_for(lit, 30)
    on.wanted[on.victim.member] = "reject"


async def lying_bridge(on: Stage) -> None:
    """It speaks for seats that aren't its own, and for a card that was never there. That it signs another
    choice than was pressed, only the member can see (docs/guides/security.md)."""
    await on.begin(absent=[on.victim])
    desk = "desk-1"
    _, ballot = stolen_ballot(on.hall, on.impostor)
    async with intruder(on.hall, desk) as liar:
        liar.pass_on(ballot)
        await dropped(on.hall, "foreign_seat", desk)
        await on.told("bus_forged", desk)
    assert on.impostor.member not in on.hall.seen().of(VOTE)
    own = EcSigner(ec.generate_private_key(ec.SECP256R1()))
    said = statement.parse(ballot, statement.BALLOT)
    payload = {**said.payload, "member": on.victim.member, "seat": on.victim.seat.seat}
    invented = statement.sign(statement.BALLOT, payload, own, kid=own.kid, sk="0" * 64)
    async with intruder(on.hall, "row-01") as liar:
        liar.pass_on(invented)
        await on.told("ballot_untrue", on.victim.seat.seat, on.victim.member)


async def test_mode_ballot_in_production(on: Stage) -> None:
    """Rightly signed, for another hall where things are tried out: its log, its authority. (This hall is a
    test hall itself; what a production verifier says of one is tests/audit/test_test_mode.py's.)"""
    await on.begin(absent=[on.victim])
    async with intruder(on.hall, on.impostor.seat.bridge) as thief:
        hash, ballot = stolen_ballot(on.hall, on.impostor, log="dienhong.example/trial-test/2026")
        thief.pass_on(ballot)
        assert (await thief.refusal_of(hash))["code"] == "wrong_question"
        await on.told("ballot_elsewhere", on.impostor.seat.seat, on.impostor.member)
    test_ca = Authority(datetime.now(UTC)).issue(on.victim.member, on.victim.name, datetime.now(UTC))
    on.victim.seat.insert(SimulatedCard({0x9A: test_ca}, pin=on.victim.pin))
    await on.told("card_refused", on.victim.seat.seat)


async def mobile_vote_not_opened(on: Stage) -> None:
    """A bound phone whose member went home: nobody has opened voting by phone for that member."""
    await on.begin(voting=False)
    phone = Phone()
    await phone.bound(on.hall, on.victim)
    on.hall.crowd.step_aside(on.victim.member)
    on.victim.seat.pull()
    await until(lambda: on.hall.seen().types().count("SignedOut") == 1)
    await on.open_vote(absent=[on.victim])
    seat = on.hall.bridges[on.impostor.seat.bridge].row.seat(on.impostor.seat.seat)
    assert seat is not None
    assert seat.voting is not None
    assert seat.voting.form.form is not None
    async with phone.knocks_at(on.hall) as browser:
        await phone.let_in(browser)
        asked = await browser.get("/api/form")
        assert (asked.status_code, asked.json()["code"]) == (409, "mobile_not_opened")
        payload = {
            **seat.voting.form.form,
            "member": on.victim.member,
            "seat": None,
            "rev": 1,
            "prev": None,
        }
        payload |= {"device": phone.signer.kid}
        header = {"kid": phone.signer.kid, "sk": on.hall.seen().phones[on.victim.member]}
        answer = await browser.post(
            "/api/ballots", json=phone.ballot({"form": payload, "header": header}, "approve")
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "mobile_not_opened")
    await on.told("mobile_not_opened", "mobile", on.victim.member)


test_mode_ballot_in_production.__test__ = False  # type: ignore[attr-defined]

TABLE: dict[str, tuple[Imposture, tuple[str, ...]]] = {
    "neighbour's card": (neighbours_card, ()),
    "owner out and card left in the slot": (owner_out_card_left_in_the_slot, ()),
    "owner out when a new roll is called": (owner_out_when_a_new_roll_is_called, ()),
    "ten cards one pusher": (ten_cards_one_pusher, (AT_ANY_SEAT,)),
    "two seats": (two_seats, (AT_ANY_SEAT,)),
    "stolen session token": (stolen_session_token, ()),
    "replay of yesterday's ballot": (replay_of_yesterdays_ballot, ()),
    "ballot for another vote or seat": (ballot_for_another_vote_or_seat, ()),
    "other CA": (other_ca, ()),
    "revoked in mid-vote": (revoked_in_mid_vote, ()),
    "expired CRL": (expired_crl, ()),
    "foreign origin": (foreign_origin, ()),
    "stale nonce": (stale_nonce, ()),
    "forged frame": (forged_frame, ()),
    "forged receipt": (forged_receipt, ()),
    "lying bridge": (lying_bridge, ()),
    "mobile vote not opened": (mobile_vote_not_opened, ()),
    "test-mode ballot in production": (test_mode_ballot_in_production, ()),
}


@pytest.mark.parametrize("imposture", TABLE)
async def test_an_imposture_comes_to_nothing(imposture: str, tmp_path: Path) -> None:
    tried, seating = TABLE[imposture]
    async with stage(tmp_path, *seating) as on:
        await tried(on)
        recorded = on.hall.seen().effective(VOTE)
        assert recorded == on.wanted, "who voted honestly, and nobody else"
        await on.end()
