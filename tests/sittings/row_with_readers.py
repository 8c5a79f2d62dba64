"""A row as it stands in a hall: `hall run` and `hall bridge` as processes of their own, a serial line, and
Debian's pcscd with readers that have no keys. Members type their PINs on phones, over the hall's pages.

Played within pcscd's namespaces (tests/firmware_bridge/pcscd.py) by test_row_with_readers.py; without any
reader by test_bridge_process.py.
"""

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from audit.signing import from_jwk, to_jwk
from firmware_bridge.cards.sealed_pin import seal_pin
from firmware_bridge.phone_pin import WRONG_CODES
from hall_controller.cli.demo.furnish import HALL, BrokerChoice, Furnished, furnish
from simulators import scenario as scenarios
from simulators.card import SimulatedCard
from simulators.crowd import Person
from tests.broker import free_port
from tests.firmware_bridge.pcscd import HOME, Stage
from tests.sittings.furnishing import ROOT, shorten_grace
from tests.sittings.hall_under_test import PATIENCE_S, HallUnderTest, Place, says, until
from tests.sittings.proof import proved

SEATS = 3
ROW = "row-01"
PINS = ("31415926", "27182818", "16180339")
"""Eight digits each, so that they stand in no file by chance."""


def scenario_of(seats: int) -> str:
    """The scenario of these tests, with so few seats and members."""
    return (Path(__file__).parent / "scenario.toml").read_text("utf-8").replace("= 24", f"= {seats}")


SMALLER = scenario_of(SEATS)


class HallWithRow(HallUnderTest):
    """Its one bridge is a process; the seat units are on the other end of its serial line."""

    def __init__(self, furnished: Furnished, readers: Sequence[str], port: int) -> None:
        """`readers`: their names, seat by seat; none: a row without."""
        super().__init__(furnished, Place())
        self._port = port
        self._row_process: subprocess.Popen[bytes] | None = None
        self.cards = [self._card(person, pin) for person, pin in zip(self.people, PINS, strict=False)]
        self._furnish_bridge(readers)

    def start_bridge(self, id: str) -> None:
        if id != ROW:
            return  # the registrar's desk: not set up in this hall
        command = [sys.executable, "-m", "hall_controller.cli", "bridge", "--config", f"{ROW}.toml"]
        with (self.furnished.folder / "bridge.log").open("ab") as log:
            self._row_process = subprocess.Popen(
                command, cwd=self.furnished.folder, env={"PYTHONPATH": str(ROOT)}, stdout=log, stderr=log
            )

    async def end_bridge(self, how: signal.Signals = signal.SIGKILL) -> int:
        """Returns its exit code."""
        process, self._row_process = self._row_process, None
        assert process is not None
        process.send_signal(how)
        return await asyncio.to_thread(process.wait, PATIENCE_S)

    async def stop(self) -> None:
        if self._row_process is not None:
            await self.end_bridge(signal.SIGTERM)
        await super().stop()

    def _card(self, person: Person, pin: str) -> SimulatedCard:
        issued = self.furnished.authority.issue(person.member, person.name, datetime.now(UTC))
        return SimulatedCard({0x9A: issued}, pin=pin)

    def _furnish_bridge(self, readers: Sequence[str]) -> None:
        seats = [person.seat.seat for person in self.people]
        known = bridge_files(self, ROW, seats, readers, self._port)
        (self.furnished.folder / "bridges.toml").write_text(known, "utf-8")
        without_desks(self.furnished.config)


def bridge_files(
    hall: HallUnderTest, row: str, seats: Sequence[str], readers: Sequence[str], port: int
) -> str:
    """What stands on the machine at the row: `bridge.toml` and the files that it names.

    Returns what the hall is to know of it."""
    folder, key = hall.furnished.folder, Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / f"{row}.pem").write_bytes(pem)
    (folder / f"{row}.password").write_text(hall.furnished.passwords[row], "utf-8")
    words = [
        f'hall = "{HALL}"\nbridge = "{row}"\nkey_file = "{row}.pem"',
        f"hall_keys = [{_inline(to_jwk(hall.furnished.hall_signer.public_key))}]",
        f'line = "{hall.simulated.rows[row].url}"',
        f'[broker]\nport = {port}\npassword_file = "{row}.password"',
    ]
    for number, (seat, reader) in enumerate(zip_longest(seats, readers), start=1):
        (folder / f"{seat}.key").write_text(hall.simulated.keys[seat].hex(), "ascii")
        words.append(f'[[seat]]\nseat = "{seat}"\naddress = {number}\nkey_file = "{seat}.key"')
        if reader is not None:
            words.append(f'reader = "{reader}"')
    (folder / f"{row}.toml").write_text("\n".join(words) + "\n", "utf-8")
    return f'[[bridge]]\nid = "{row}"\nkey = {_table(key)}\nseats = {list(seats)}\n'


def without_desks(config: Path) -> None:
    """These halls have no desk."""
    config.write_text(config.read_text("utf-8").partition("[[desk]]")[0], "utf-8")


def _table(key: Ed25519PrivateKey) -> str:
    return _inline(to_jwk(key.public_key()))


def _inline(jwk: Any) -> str:
    return "{ " + ", ".join(f'{name} = "{value}"' for name, value in jwk.items()) + " }"


@dataclass(slots=True)
class AtSeat:
    """Somebody at the seat with a phone: reads the unit, asks the hall, types, as the page does."""

    person: Person
    http: httpx.AsyncClient

    @property
    def path(self) -> str:
        return f"/api/pin/{self.person.seat.seat}"

    async def asked(self) -> dict[str, Any]:
        answer = await self.http.get(self.path)
        assert answer.status_code == 200
        told: dict[str, Any] = answer.json()
        return told

    async def code(self, before: str = "") -> str:
        """The digits that the unit shows, others than before."""
        await until(lambda: self._shown() not in ("", before), what=says(self.person))
        return self._shown()

    def _shown(self) -> str:
        shown = re.search(r"NHAP PIN: DIEN THOAI / MA (\d{6})", says(self.person))
        return "" if shown is None else shown[1]

    async def type(self, pin: str, code: str) -> None:
        request = (await self.until("waiting", "wrong", "wrong_code"))["request"]
        key = from_jwk(request["key"])
        assert isinstance(key, ec.EllipticCurvePublicKey)
        sealed = seal_pin(pin, key, seat=self.person.seat.seat, chal=request["chal"], code=code)
        answer = await self.http.post(self.path, json={"chal": request["chal"], "sealed": sealed})
        assert answer.status_code == 204, answer.text

    async def until(self, *states: str) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE_S):
            while (told := await self.asked())["state"] not in states:  # noqa: ASYNC110 - asking tells
                await asyncio.sleep(0.1)
        return told


async def members_sign_in_from_phones_and_vote(stage: Stage) -> Any:
    """Three members: one errs once, one is tried by a stranger, one has no trouble. Then they vote."""
    port = free_port()
    furnished = furnish(
        HOME / "hall", scenarios.parse(SMALLER), rows=1, broker=BrokerChoice("embedded", port)
    )
    shorten_grace(furnished.folder)
    hall = HallWithRow(furnished, stage.readers, port)
    try:
        await hall.start()
        wanted = await _sitting(hall, stage)
        await proved(hall, wanted)
        assert len(hall.steadied) == SEATS
    except BaseException:
        for log in ("controller.log", "bridge.log"):
            print(log, (furnished.folder / log).read_text("utf-8")[-3000:], file=sys.stderr)
        raise
    finally:
        await hall.stop()
    return {"told": _files_that_tell(furnished.folder), "files": len(list(furnished.folder.rglob("*")))}


async def _sitting(hall: HallWithRow, stage: Stage) -> dict[str, str]:
    await hall.officer.act("open_sitting")
    for slot, card in zip(stage.slots, hall.cards, strict=True):
        await slot.insert(card)
    async with httpx.AsyncClient(base_url=hall.address, headers={"Origin": hall.address}) as http:
        at = [AtSeat(person, http) for person in hall.people]
        codes = [await seat.code() for seat in at]
        await at[0].type("00000000", codes[0])
        await at[1].type("00000000", f"{(int(codes[1]) + 1) % 1_000_000:06}")
        await at[2].type(PINS[2], codes[2])
        assert (await at[0].until("wrong"))["tries_left"] == 2
        assert (await at[1].until("wrong_code"))["tries_left"] == WRONG_CODES - 1
        assert hall.cards[1].tries_left == 3
        await at[0].type(PINS[0], await at[0].code(before=codes[0]))
        await at[1].type(PINS[1], codes[1])
        for seat in at:
            await seat.until("signed_in")
    await hall.officer.until(lambda view: view["sitting"]["present"] == SEATS)
    wanted = dict(
        zip((person.member for person in hall.people), ("approve", "approve", "reject"), strict=True)
    )
    await hall.open_vote()
    await hall.vote(wanted)
    return wanted


def _files_that_tell(folder: Path) -> list[str]:
    """Logs, database and configuration: in which of them a PIN stands in clear."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(pin.encode() in path.read_bytes() for pin in PINS)]
