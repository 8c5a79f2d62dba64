"""Somebody with a bridge's password at the broker: hears what that bridge hears, and says what he likes."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any

from audit import statement
from audit.errors import BadEvidence
from audit.signing import EcSigner
from firmware_bridge import envelope
from firmware_bridge.checks import BadMessage
from firmware_bridge.links import Topics
from firmware_bridge.mqtt_bus import BrokerAddress, MqttBus
from hall_controller.cli.demo.furnish import HALL
from simulators.crowd import Person
from tests.broker import LOOPBACK
from tests.sittings.hall_under_test import PATIENCE_S, HallUnderTest, until

TOPICS = Topics(HALL)
Jws = Mapping[str, str]


class Intruder:
    def __init__(self, hall: HallUnderTest, bridge: str, listen_to: tuple[str, ...]) -> None:
        self.bridge = bridge
        self.heard: list[tuple[str, bytes]] = []
        self._hall = hall
        password = hall.furnished.passwords[bridge]
        address = BrokerAddress(LOOPBACK, hall.broker_port, bridge, password)
        self._bus = MqttBus(address, f"intruder-{secrets.token_hex(4)}", listen_to)

    async def run(self, joined: asyncio.Event) -> None:
        await self._bus.run(lambda topic, payload: self.heard.append((topic, payload)), joined.set)

    def say(self, payload: bytes, topic: str | None = None) -> None:
        self._bus.publish(topic or TOPICS.up(self.bridge), payload)

    def pass_on(self, *statements: Jws) -> None:
        for payload in envelope.pack(statements):
            self.say(payload)

    def tell(self, *statements: Jws) -> None:
        """To the bridge, as if he were the hall."""
        for payload in envelope.pack(statements):
            self.say(payload, TOPICS.down(self.bridge))

    async def refusal_of(self, hash: str) -> Mapping[str, Any]:
        """What the hall answered to the statement with this hash."""
        return await self._find(lambda typ, said: typ == statement.HALL and said.get("of") == hash)

    async def receipt_of(self, ballot: str) -> Mapping[str, Any]:
        return await self._find(lambda typ, said: typ == statement.RECEIPT and said["ballot"] == ballot)

    def receipts_of(self, ballot: str) -> list[Jws]:
        return [
            jws for jws in self._statements()
            if statement.typ_of(jws) == statement.RECEIPT
            and statement.parse(jws, statement.RECEIPT).payload["ballot"] == ballot
        ]  # fmt: skip

    async def _find(self, wanted: Any) -> Mapping[str, Any]:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for jws in self._statements():
                    typ = statement.typ_of(jws)
                    said = statement.parse(jws, typ).payload
                    if wanted(typ, said):
                        return said
                await asyncio.sleep(0.01)

    def overheard(self, ballot: str) -> Jws:
        """A ballot on its way up. Raises StopIteration where it wasn't heard."""
        return next(jws for jws in self._going_up() if _ballot_in(jws) == ballot)

    def ballots_overheard(self) -> set[str]:
        return {hash for jws in self._going_up() if (hash := _ballot_in(jws)) is not None}

    def _going_up(self) -> Iterator[Jws]:
        for topic, payload in self.heard:
            if topic == TOPICS.up(self.bridge):
                yield from _readable(payload)

    def _statements(self) -> Iterator[Jws]:
        """Of the hall."""
        for topic, payload in self.heard:
            if topic == TOPICS.down(self.bridge):
                yield from envelope.unpack(payload)


@asynccontextmanager
async def intruder(hall: HallUnderTest, bridge: str, *also_listening: str) -> AsyncIterator[Intruder]:
    """On the bus until the block is left, beside the true bridge."""
    here, joined = Intruder(hall, bridge, (TOPICS.down(bridge), *also_listening)), asyncio.Event()
    task = asyncio.create_task(here.run(joined))
    try:
        await asyncio.wait_for(joined.wait(), PATIENCE_S)
        yield here
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _readable(payload: bytes) -> list[Jws]:
    try:
        return envelope.unpack(payload)
    except BadMessage:
        return []  # his own nonsense


def _ballot_in(jws: Jws) -> str | None:
    try:
        return statement.parse(jws, statement.BALLOT).payload_hash
    except BadEvidence:
        return None


def stolen_ballot(hall: HallUnderTest, person: Person, **altered: Any) -> tuple[str, Jws]:
    """A ballot truly signed with the seat's own session key, saying what a thief wants: hash, statement."""
    seat = hall.bridges[person.seat.bridge].row.seat(person.seat.seat)
    assert seat is not None
    assert seat.voting is not None
    assert seat.voting.form.form is not None
    session = seat.slot.session._session  # type: ignore[union-attr]
    said = {
        **seat.voting.form.form, "member": person.member, "seat": person.seat.seat, "device": "SU-STOLEN",
        "choice": "approve", "rev": 1, "prev": None, "nonce": "AAAAAAAAAAAAAAAAAAAAAA", **altered,
    }  # fmt: skip
    signer = EcSigner(session.private_key)
    draft = statement.draft(statement.BALLOT, said, signer.alg, kid=signer.kid, sk=session.sk)
    return draft.payload_hash, draft.finish(signer.sign(draft.signing_input))


def drops(hall: HallUnderTest) -> list[tuple[str, str]]:
    """(reason, bridge) of everything that the controller says it dropped."""
    text = (hall.furnished.folder / "controller.log").read_text("utf-8")
    lines = [json.loads(line) for line in text.splitlines() if '"bus_dropped"' in line]
    return [(line["reason"], line["bridge"]) for line in lines]


async def dropped(hall: HallUnderTest, reason: str, bridge: str, times: int = 1) -> None:
    await until(lambda: drops(hall).count((reason, bridge)) == times, what=f"for {reason} of {bridge}")
