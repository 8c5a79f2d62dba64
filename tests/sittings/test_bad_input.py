"""Bad input at each door of a hall in an open vote: a clear refusal, and nothing is lost."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import statement
from audit.signing import Ed25519Signer
from firmware_bridge import envelope
from firmware_bridge.messages import Lit
from hall_controller.cli.demo.furnish import ORIGIN
from simulators.authority import Authority
from simulators.card import SimulatedCard
from simulators.console import SeatUnit
from simulators.crowd import Person
from simulators.faults import LineFaults
from simulators.officer import ActRefused
from tests.sittings.hall_under_test import (
    SECOND_VOTE,
    SITTING,
    VOTE,
    HallUnderTest,
    choices,
    hall_under_test,
    on,
    says,
    steady,
    until,
)
from tests.sittings.intruder import TOPICS, Intruder, dropped, drops, intruder, stolen_ballot
from tests.sittings.proof import proved

ALTERED = {
    "another vote": ({"vote": SECOND_VOTE}, "vote_unknown"),
    "another definition": ({"def": "0" * 64}, "wrong_question"),
    "another log": ({"log": "elsewhere.example/hall/2026"}, "wrong_question"),
    "wrong challenge": ({"chal": "AAAAAAAAAAAAAAAAAAAAAA"}, "wrong_challenge"),
    "no such choice": ({"choice": "perhaps"}, "choice_unknown"),
    "another's name": ({"member": "dbqh-002"}, "session_mismatch"),
    "another seat of the row": ({"seat": "002"}, "session_mismatch"),
    "a revision out of turn": ({"rev": 3, "prev": "0" * 64}, "revision_stale"),
}


async def test_on_the_bus(tmp_path: Path) -> None:
    async with hall_under_test(tmp_path / "hall") as hall:
        await hall.convene()
        await hall.open_vote()
        victim = hall.row[0]
        async with intruder(hall, "row-01", TOPICS.up("row-01")) as thief:
            for what, (altered, code) in ALTERED.items():
                hash, ballot = stolen_ballot(hall, victim, **altered)
                thief.pass_on(ballot)
                refusal = await thief.refusal_of(hash)
                assert (what, refusal["code"]) == (what, code)
                assert any(line.strip() for line in refusal["text"])
            hash, ballot = stolen_ballot(hall, victim)
            thief.pass_on({**ballot, "signature": _spoilt(ballot["signature"])})
            assert (await thief.refusal_of(hash))["code"] == "ballot_untrue"
            await _nonsense(hall, thief)
            assert hall.seen().of(VOTE) == {}
            wanted = choices(hall.people, "approve", "reject")
            await hall.vote(wanted)
            await _sent_again(hall, thief, victim)
            await hall.officer.act("close", vote=VOTE)
            await hall.officer.until(lambda view: "result" in on(view))
            hash, late = stolen_ballot(
                hall, victim, rev=2, prev=hall.seen().of(VOTE)[victim.member][0].hash
            )
            thief.pass_on(late)
            assert (await thief.refusal_of(hash))["code"] == "vote_time_up"
        await proved(hall, wanted)


def _spoilt(signature: str) -> str:
    return ("B" if signature[0] == "A" else "A") + signature[1:]


async def _nonsense(hall: HallUnderTest, thief: Intruder) -> None:
    for number, payload in enumerate(
        [b"{torn", b"\xff\xfe", b"[]", b'{"v":2,"m":[]}', b"[" * 9000], start=1
    ):
        thief.say(payload)
        await dropped(hall, "malformed", "row-01", number)
    thief.say(b" " * (envelope.LARGEST + 1))
    await dropped(hall, "malformed", "row-01", 6)
    thief.say(b'{"v":1,"m":[]}', TOPICS.up("stranger"))
    await dropped(hall, "unknown_bridge", "stranger")
    # A true word of another bridge on this one's topic; this one's own word with a spoilt signature.
    for bridge, spoil in (("seat-016", False), ("row-01", True)):
        signer = hall.furnished.signers[bridge]
        now = datetime.now(UTC)
        word = envelope.seal_up(Lit(VOTE, ("016",)), bridge=bridge, boot="b", n=1, at=now, signer=signer)
        thief.pass_on({**word, "signature": _spoilt(word["signature"])} if spoil else word)
    await dropped(hall, "bad_signature", "row-01", 2)
    _, foreign = stolen_ballot(hall, hall.network[0])
    thief.pass_on(foreign)
    await dropped(hall, "foreign_seat", "row-01")
    thief.pass_on({**foreign, "header": {}})
    await dropped(hall, "malformed", "row-01", 7)


async def _sent_again(hall: HallUnderTest, thief: Intruder, victim: Person) -> None:
    """The recorded ballot itself, played back: the same receipt byte for byte, and nothing in the log."""
    (recorded,) = hall.seen().of(VOTE)[victim.member]
    before, known = len(hall.seen().entries), len(thief.receipts_of(recorded.hash))
    for _ in range(3):
        thief.pass_on(thief.overheard(recorded.hash))
    await until(lambda: len(thief.receipts_of(recorded.hash)) == known + 3)
    assert len({json.dumps(jws) for jws in thief.receipts_of(recorded.hash)}) == 1
    assert len(hall.seen().entries) == before


async def test_only_the_halls_own_receipt_lights_a_lamp(tmp_path: Path) -> None:
    """The hall hangs while members press; somebody on the bus says in its name that all is recorded."""
    async with hall_under_test(tmp_path / "hall") as hall:
        await hall.convene()
        await hall.open_vote()
        first, rest = hall.row[:5], hall.people[5:]
        wanted = choices(hall.people, "approve", "reject")
        await hall.vote({person.member: wanted[person.member] for person in first})
        async with intruder(hall, "row-01", TOPICS.up("row-01")) as thief:
            hall.freeze_controller()
            try:
                lit = [hall.press(person, wanted[person.member]) for person in rest]
                await until(lambda: len(thief.ballots_overheard()) >= len(rest) - len(hall.network))
                told = [
                    forged for ballot in thief.ballots_overheard() for forged in _forgeries(hall, ballot)
                ]
                (recorded,) = hall.seen().of(VOTE)[first[0].member]
                link = hall.bridges["row-01"]._link
                before = link.dropped
                thief.tell(*told, *thief.receipts_of(recorded.hash))
                await until(lambda: link.dropped == before + len(told))
                await until(lambda: all("CHUA DUOC GHI NHAN" in says(person) for person in rest))
                assert not any(steady(person) for person in rest)
            finally:
                hall.thaw_controller()
        async with asyncio.timeout(30):
            await asyncio.gather(*lit)
        await proved(hall, wanted)


def _forgeries(hall: HallUnderTest, ballot: str) -> Iterator[dict[str, str]]:
    """Receipts for this ballot: under a stranger's name, and under the hall's with a spoilt signature."""
    stranger = Ed25519Signer(Ed25519PrivateKey.generate())
    said = {"log": ORIGIN, "vote": VOTE, "ballot": ballot, "seq": 70, "t": "2026-11-21T08:00:00.000Z"}
    yield statement.sign(statement.RECEIPT, said, stranger)
    halls = statement.sign(statement.RECEIPT, said, hall.furnished.hall_signer)
    yield {**halls, "signature": _spoilt(halls["signature"])}


async def test_cards(tmp_path: Path) -> None:
    async with hall_under_test(tmp_path / "hall") as hall:
        revoked, stranger, misplaced, neighbour = hall.row[0], hall.network[0], hall.row[1], hall.row[2]
        now, authority = datetime.now(UTC), hall.furnished.authority
        lost = authority.issue(revoked.member, revoked.name, now)
        authority.revoke(lost.certificate, now)
        await hall.stop_controller()
        (tmp_path / "hall" / "crl.der").write_bytes(authority.crl(now))
        await hall.start_controller()
        await hall.everything_online()
        elsewhere = Authority(now).issue(stranger.member, stranger.name, now)
        revoked.seat.insert(SimulatedCard({0x9A: lost}, pin=revoked.pin))
        stranger.seat.insert(SimulatedCard({0x9A: elsewhere}, pin=stranger.pin))
        misplaced.seat.insert(neighbour.card)
        absent = (revoked, stranger, misplaced, neighbour)
        await hall.convene(absent=absent)
        await until(lambda: "THE DA BI THU HOI" in says(revoked))
        await until(lambda: "THE KHONG HOP LE" in says(stranger))
        await until(lambda: says(misplaced) == "SAI CHO: GHE SO 002 / MOI VE GHE SO 003")
        voters = [person for person in hall.people if person not in absent]
        await hall.open_vote(voters=voters)
        for person in absent:
            assert not person.seat.armed
            hall.press(person, "approve")
        wanted = choices(voters, "approve", "reject")
        await hall.vote(wanted)
        # The true card, at its own seat, is welcome in the same minute.
        for person in absent:
            person.seat.pull()
        hall.crowd.arrive([person.member for person in absent], 0)
        await until(lambda: all(person.seat.armed for person in absent))
        late = choices(absent, "not_voting")
        await hall.vote(late)
        assert hall.seen().types().count("TrustListed") == 2
        await proved(hall, wanted | late)


async def test_on_the_serial_line(tmp_path: Path) -> None:
    """A torn line, and a unit that answers at a seat's address without its key."""
    async with hall_under_test(tmp_path / "hall") as hall:
        await hall.convene()
        await hall.open_vote()
        victim, line = hall.row[14], hall.simulated.rows["row-01"]
        victim.seat.unit.power_off()
        forger = SeatUnit(victim.seat.unit.address, victim.seat.unit.serial, b"not the seat key")
        line.plug(forger)
        line.cable.faults = LineFaults(torn=0.05)
        wanted = choices([person for person in hall.people if person is not victim], "approve", "reject")
        await hall.vote(wanted)
        forger.press("1", hall.simulated.clock())
        line.cable.faults = LineFaults()
        await hall.officer.until(lambda view: view["health"]["clones"] == [victim.seat.seat])
        assert not forger.connected
        assert victim.member not in hall.seen().of(VOTE)
        line.unplug(forger)
        victim.seat.unit.power_on(hall.simulated.clock())
        await until(lambda: victim.seat.armed)
        await hall.vote({victim.member: "reject"})
        await proved(hall, wanted | {victim.member: "reject"})


async def test_refused_acts_change_nothing(tmp_path: Path) -> None:
    async with hall_under_test(tmp_path / "hall") as hall:
        await hall.convene()
        await hall.open_vote()
        wanted = choices(hall.people, "approve", "reject")
        await hall.vote(wanted)
        before = len(hall.seen().entries)
        for act, asked, code in (
            ("open", {"vote": VOTE}, "409"),
            ("declare", {"vote": VOTE}, "409"),
            ("announce", {"vote": SECOND_VOTE}, "409"),
            ("announce", {"vote": "no-such-vote"}, "404"),
            ("adjourn", {}, "409"),
            ("hold", {"vote": VOTE, "reason": ""}, "422|409"),
            ("dance", {}, "422"),
            ("close", {}, "422"),
        ):
            with pytest.raises(ActRefused, match=f"{act}: ({code})"):
                await hall.officer.act(act, **asked)
        assert len(hall.seen().entries) == before
        assert hall.officer.view["sitting"]["id"] == SITTING
        assert not drops(hall)
        await proved(hall, wanted)
