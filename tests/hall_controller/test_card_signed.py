"""A vote in which members' cards sign each ballot: from the key and the PIN to the verified log."""

import base64
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from rich.console import Console

from audit import base64url, statement
from audit.signing import EcSigner
from firmware_bridge.ballots import Press
from firmware_bridge.messages import CardSigned, Refusal
from firmware_bridge.ports import Lamp
from hall_controller.card_ballots import CardBallots
from hall_controller.card_trust import CardTrust
from hall_controller.casting import Casting
from hall_controller.export.anchor import write_anchor
from hall_controller.export.writing import export
from hall_controller.founding import Founding
from hall_controller.incidents import Incidents
from hall_controller.sessions import SessionKeys
from hall_controller.store import open_reader
from hall_controller.verify import SOUND, verify
from simulators.authority import Authority, p384, rsa2048
from simulators.bus import SimulatedBus
from simulators.card import SimulatedCard
from simulators.card_keys import Credential
from tests.card_rules import signed_by_card
from tests.hall_controller.chamber import BY, KIND, ORIGIN
from tests.hall_on_bus import HallOnBus, SeatHere, on_simulated, until
from voting import commands as c
from voting.ids import VoteId

BOOK = signed_by_card("vn.qh.2016-01-01", str(KIND))
KEYS = (None, p384, rsa2048)


class HallOfCards(HallOnBus):
    """Its cards have a signature key beside the one for signing in, each member another kind."""

    signature: dict[str, Credential]

    def give_cards(self) -> None:
        self.signature = {}
        for here, make in zip(self.everybody, KEYS, strict=False):
            signing = self.authority.issue(
                here.member.id, here.member.name, self.now(), None if make is None else make()
            )
            self.signature[here.seat] = signing
            in_it = self.authority.issue(here.member.id, here.member.name, self.now())
            here.card = SimulatedCard({0x9A: in_it, 0x9C: signing})

    async def convened(self) -> None:
        self.give_cards()
        await self.open_sitting()
        await self.all_signed_in()
        await self.open_vote()
        await until(self.all_armed)

    async def cast(self, here: SeatHere, key: str) -> None:
        here.press(key)
        await here.type_pin()
        lamp = int(key) - 1
        await until(lambda: here.unit.lamps[lamp] is Lamp.STEADY)


def hall(tmp_path: Path) -> HallOfCards:
    return HallOfCards(tmp_path, on_simulated(SimulatedBus()), network=3, book=BOOK)


async def test_cards_of_each_kind_sign_and_the_export_proves_it(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        await here.convened()
        for seat, key in zip(here.everybody, "121", strict=True):
            await here.cast(seat, key)
        await here.cast(here.everybody[0], "2")
        effective = [here.effective(seat) for seat in here.everybody]
        assert effective == [("reject", 2), ("reject", 1), ("approve", 1)]
        assert here.recorded() == 3
        ballots = here.hall.meeting.votes[VoteId("v1")].ballots.values()
        assert {one.session for one in ballots} == {None}
        known = Founding(ORIGIN, here.signer, (here.authority.root,), here.hall.revocation_lists)
        await here.act(c.CancelVote(VoteId("v1"), "the test is over", BY))
    out, anchor = tmp_path / "out", tmp_path / "anchor.toml"
    log = open_reader(f"sqlite:///{tmp_path}/log.db")
    try:
        exported = export(log, known, None, out, "auditor")
        write_anchor(anchor, known.vkey, [here.authority.root_pem], exported.checkpoint)
    finally:
        log.close()
    assert verify(out, anchor, Console(width=200)) == SOUND
    certificates = {path.read_bytes() for path in (out / "certs").iterdir()}
    assert {signing.certificate for signing in here.signature.values()} <= certificates


async def test_a_card_revoked_in_mid_vote_signs_no_more(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        await here.convened()
        first, second = here.everybody[0], here.everybody[1]
        await here.cast(first, "1")
        here.authority.revoke(here.signature[second.seat].certificate, here.now())
        (tmp_path / "crl.der").write_bytes(here.authority.crl(here.now()))
        assert here.controller is not None
        await here.controller.revocation.look()
        second.press("1")
        await second.type_pin()
        await until(lambda: "THE DA BI THU HOI" in second.text)
        assert here.recorded() == 1
        assert Lamp.STEADY not in second.unit.lamps


async def test_what_a_bridge_could_forge_is_refused(tmp_path: Path) -> None:
    """A lying bridge has everything but the card: it sends what it can make itself."""
    async with hall(tmp_path) as here:
        await here.convened()
        victim, other = here.everybody[0], here.everybody[1]
        told, casting = _listening(here)
        stranger = Authority(here.now()).issue(victim.member.id, victim.member.name, here.now())
        true = here.signature[victim.seat]
        forged = [
            (stranger.certificate, stranger.key, victim.member.id, "card_no_path"),
            (true.certificate, stranger.key, victim.member.id, "card_ballot_untrue"),
            (here.signature[other.seat].certificate, stranger.key, victim.member.id, "card_ballot_untrue"),
        ]
        for certificate, key, member, code in forged:
            said = _ballot_by(here, victim, certificate, key, member)
            casting.from_card(here.rows[0].name, said)
            assert told[-1] == code
        encoded = base64.b64encode(true.certificate).decode()
        named_otherwise = _ballot_by(here, victim, stranger.certificate, stranger.key, victim.member.id)
        casting.from_card(here.rows[0].name, replace(named_otherwise, cert=encoded))
        assert told[-1] == "card_ballot_untrue"
        assert len(told) == 4
        assert here.recorded() == 0


async def test_a_session_key_is_refused_where_the_card_is_wanted(tmp_path: Path) -> None:
    async with hall(tmp_path) as here:
        await here.convened()
        told, casting = _listening(here)
        victim = here.everybody[0]
        seat = here.rows[0].bridge.row.seat(victim.seat)  # type: ignore[union-attr]
        assert seat is not None
        assert seat.slot.session is not None
        assert seat.voting is not None
        assert seat.voting.form.form is not None
        form = seat.voting.form.form
        _, jws = seat.slot.session.ballot(form, "DH-0001", "approve", Press("1", 1, None))
        casting.from_bridge(here.rows[0].name, jws)
        await until(lambda: told == ["card_signature_needed"])
        assert here.recorded() == 0


class EarOnBus:
    """Stands where the hall's bus does, and keeps the codes of what is refused."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def tell(self, to: str, message: Any) -> None:
        if isinstance(message, Refusal):
            self.told.append(message.code)

    def pass_on(self, to: str, jws: Any) -> None:
        self.told.append("receipt")

    def drop(self, reason: str, bridge: str, why: object = "") -> None:
        self.told.append(reason)


def _listening(here: HallOnBus) -> tuple[list[str], Casting]:
    """The hall's judge of ballots, on a bus of its own."""
    assert here.controller is not None
    ear, sessions = EarOnBus(), SessionKeys()
    sessions.read_back(open_reader(f"sqlite:///{here.directory}/log.db"), "s1")
    trust = CardTrust((here.authority.root,), here.hall.revocation_lists)
    own = {row.name: frozenset(place.seat for place in row.places) for row in here.rows}
    casting = Casting(
        here.hall, ear, sessions, ORIGIN, own.__getitem__,  # type: ignore[arg-type]
        by_card=CardBallots(trust, here.now), incidents=Incidents(here.hall, here.now),
    )  # fmt: skip
    return ear.told, casting


def _ballot_by(here: HallOnBus, at: SeatHere, certificate: bytes, key: Any, member: str) -> CardSigned:
    vote = here.hall.meeting.votes[VoteId("v1")]
    form = {
        "log": ORIGIN, "sit": "s1", "vote": "v1", "def": vote.definition_hash, "chal": vote.challenge,
    }  # fmt: skip
    payload = statement.fill(
        form, member=member, seat=at.seat, device="DH-0001", choice="approve", rev=1, prev=None,
        nonce=bytes(16),
    )  # fmt: skip
    named = {"x5t#S256": base64url.encode(sha256(certificate).digest())}
    jws = statement.sign(statement.BALLOT, payload, EcSigner(key), **named)
    return CardSigned(at.seat, jws, base64.b64encode(certificate).decode())
