"""Sixteen seats in two rows: two pcscd with eight readers each, two `hall bridge`, one `hall run`.

Members sign in (9A) and vote twice: once the card signs each ballot (9C), once the session key does. At
the end public PIV programs read the very cards. Played in namespaces by test_two_rows_with_readers.py.
"""

import asyncio
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from hall_controller.cli.demo.furnish import BrokerChoice, Furnished, furnish
from simulators import scenario as scenarios
from simulators.card import SimulatedCard
from simulators.card_keys import Credential
from simulators.hall import plan_bridges
from tests.broker import free_port
from tests.card_rules import with_card
from tests.firmware_bridge.pcscd import HOME, Stage
from tests.sittings.furnishing import ROOT, shorten_grace
from tests.sittings.hall_under_test import (
    PATIENCE_S,
    SECOND_VOTE,
    VOTE,
    HallUnderTest,
    Place,
    choices,
    says,
)
from tests.sittings.proof import proved
from tests.sittings.row_with_readers import AtSeat, bridge_files, scenario_of, without_desks

ROWS, EACH = 2, 8
SEATS = ROWS * EACH
CARD_KIND, SESSION_KIND = "resolution", "poll"
OPENSC = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so"


class TwoRows(HallUnderTest):
    def __init__(self, furnished: Furnished, stage: Stage, port: int) -> None:
        super().__init__(furnished, Place())
        self._stage = stage
        self._processes: list[subprocess.Popen[bytes]] = []
        self.signature = [self._issue(person.member, person.name) for person in self.people]
        self.cards = [
            SimulatedCard({0x9A: self._issue(person.member, person.name), 0x9C: signing}, pin=person.pin)
            for person, signing in zip(self.people, self.signature, strict=True)
        ]
        known = []
        for number, plan in enumerate(furnished.bridges):
            readers = stage.readers[number * EACH :][:EACH]
            known.append(bridge_files(self, plan.id, plan.seats, readers, port))
        (furnished.folder / "bridges.toml").write_text("\n".join(known), "utf-8")
        without_desks(furnished.config)

    def start_bridge(self, id: str) -> None:
        command = [sys.executable, "-m", "hall_controller.cli", "bridge", "--config", f"{id}.toml"]
        tied = self._stage.environment(len(self._processes))
        where = {"PYTHONPATH": str(ROOT), **tied}
        with (self.furnished.folder / f"{id}.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=self.furnished.folder, env=where, stdout=log, stderr=log
            )
        self._processes.append(process)

    async def stop(self) -> None:
        for process in self._processes:
            process.send_signal(signal.SIGTERM)
            await asyncio.to_thread(process.wait, PATIENCE_S)
        await super().stop()

    def _issue(self, member: str, name: str) -> Credential:
        return self.furnished.authority.issue(member, name, datetime.now(UTC))


@dataclass(slots=True)
class Member(AtSeat):
    """Reads the six digits wherever the unit shows them, and types the own PIN."""

    def _shown(self) -> str:
        shown = re.search(r"MA (\d{6})", says(self.person))
        return "" if shown is None else shown[1]

    async def gives_the_pin(self) -> None:
        await self.type(self.person.pin, await self.code())
        await self.until("signed_in")


async def sixteen_cards_sign_in_and_vote_both_ways(stage: Stage) -> Any:
    port = free_port()
    furnished = furnish(
        HOME / "hall", scenarios.parse(scenario_of(SEATS)), rows=ROWS, broker=BrokerChoice("embedded", port)
    )
    shorten_grace(furnished.folder)
    rules = furnished.folder / "rules.toml"
    rules.write_text(with_card(rules.read_text("utf-8"), CARD_KIND), "utf-8")
    hall = TwoRows(_in_eights(furnished), stage, port)
    try:
        await hall.start()
        certificates = await _sitting(hall, stage)
        read = await _public_programs(hall, stage)
    except BaseException:
        print([says(person) for person in hall.people], file=sys.stderr)
        for log in sorted(furnished.folder.glob("*.log")):
            print(log, log.read_text("utf-8")[-3000:], file=sys.stderr)
        raise
    finally:
        await hall.stop()
    return {"certificates": certificates, **read}


def _in_eights(furnished: Furnished) -> Furnished:
    from dataclasses import replace

    return replace(furnished, bridges=plan_bridges(furnished.seats, ROWS, EACH))


async def _sitting(hall: TwoRows, stage: Stage) -> int:
    await hall.officer.act("open_sitting")
    await asyncio.gather(*(slot.insert(card) for slot, card in zip(stage.slots, hall.cards, strict=True)))
    async with httpx.AsyncClient(base_url=hall.address, headers={"Origin": hall.address}) as http:
        members = [Member(person, http) for person in hall.people]
        await asyncio.gather(*(member.gives_the_pin() for member in members))
        await hall.officer.until(lambda view: view["sitting"]["present"] == SEATS)
        await hall.open_vote(VOTE)
        wanted = choices(hall.people, "approve", "approve", "reject")
        lit = [hall.press(hall.person(member), choice) for member, choice in wanted.items()]
        await asyncio.gather(*(member.gives_the_pin() for member in members))
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.gather(*lit)
    result = await hall.close_and_declare(VOTE)
    assert result["participated"] == SEATS
    assert hall.seen().effective(VOTE) == wanted
    await hall.open_vote(SECOND_VOTE)
    second = choices(hall.people, "reject", "approve")
    await hall.vote(second)
    await proved(hall, second, SECOND_VOTE)
    kept = {path.read_bytes() for path in (hall.furnished.folder / "export-auditor" / "certs").iterdir()}
    return sum(signing.certificate in kept for signing in hall.signature)


async def _public_programs(hall: TwoRows, stage: Stage) -> dict[str, Any]:
    """Programs that we did not write read a card of the second row, and sign with its 9C key."""
    tied, reader, place = stage.environment(1), stage.readers[EACH], HOME / "public"
    place.mkdir()
    person = hall.people[EACH]
    listed = await _ran(tied, "opensc-tool", "-l")
    name = await _ran(tied, "opensc-tool", "-r", "0", "--name")
    token = await _ran(tied, "pkcs11-tool", "--module", OPENSC, "-L")
    status = await _ran(tied, "yubico-piv-tool", "-r", reader, "-a", "status")
    for slot in ("9a", "9c"):
        pem = await _ran(tied, "yubico-piv-tool", "-r", reader, "-a", "read-certificate", "-s", slot)
        (place / f"{slot}.pem").write_text(pem, "ascii")
    signed = await _ran(
        tied, "yubico-piv-tool", "-r", reader, "-a", "verify-pin", "-P", person.pin,
        "-a", "test-signature", "-s", "9c", "-i", str(place / "9c.pem"),
    )  # fmt: skip
    return {
        "readers": listed.count("Yes"),
        "piv": "PIV" in name.upper() or "Personal Identity Verification" in name,
        "token": "PIV_II" in token.upper(),
        "slots": [f"Slot {slot}" in status for slot in ("9a", "9c")],
        "holder": person.member in await _subject(place / "9c.pem"),
        "signed": "Successful ECDSA verification" in signed,
    }


async def _subject(pem: Path) -> str:
    return await _ran({}, "openssl", "x509", "-in", str(pem), "-noout", "-subject", "-nameopt", "utf8")


async def _ran(tied: dict[str, str], *command: str) -> str:
    """Everything that it said. Not blocking: the cards are served by this very process."""
    import os

    process = await asyncio.create_subprocess_exec(
        *command, env={**os.environ, **tied}, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(PATIENCE_S):
        out, _ = await process.communicate()
    return out.decode("utf-8", "replace")
