"""What is played at real pcscd, each scene in a process of its own (tests/firmware_bridge/pcscd.py)."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from firmware_bridge.cards.errors import CardBusy, CardGone
from firmware_bridge.cards.pcsc_reader import PcscReaders
from firmware_bridge.cards.sign_in import sign_in
from firmware_bridge.ports import CardInserted, CardRemoved
from simulators.authority import p384, rsa2048
from simulators.card import SimulatedCard
from simulators.vpcd import VpcdSlot
from tests.firmware_bridge.cards import contract
from tests.firmware_bridge.cards.contract import Row, card, challenge
from tests.firmware_bridge.pcscd import Stage


class VpcdSlots:
    def __init__(self, slots: dict[str, VpcdSlot]) -> None:
        self._slots = slots

    async def insert(self, seat: str, put_in: SimulatedCard) -> None:
        await self._slots[seat].insert(put_in)

    async def pull(self, seat: str) -> None:
        await self._slots[seat].pull()


@asynccontextmanager
async def row_of(stage: Stage, first: int = 0, seats: int | None = None) -> AsyncIterator[Row]:
    """So many of the stage's readers, all unless told, from this one on, as a row with seats 001…"""
    names = stage.readers[first:][:seats]
    numbers = [f"{n:03d}" for n in range(1, len(names) + 1)]
    readers = PcscReaders(dict(zip(names, numbers, strict=True)))
    running = asyncio.create_task(readers.run())
    try:
        yield Row(readers, VpcdSlots(dict(zip(numbers, stage.slots[first:], strict=False))), numbers)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def the_contract(stage: Stage) -> Any:
    """Every promise at once, each on two readers of its own: vpcd is slow to notice cards."""

    async def kept(place: int, promise: contract.Promise) -> str:
        async with row_of(stage, first=2 * place, seats=2) as row:
            await promise(row)
        return promise.__name__

    return await asyncio.gather(*(kept(*each) for each in enumerate(contract.TWO_SEATS_ARE_ENOUGH)))


async def a_full_row(stage: Stage) -> Any:
    async with row_of(stage) as row:
        return await contract.a_full_row_signs_in_at_once(row)


async def pcscd_dies(stage: Stage) -> Any:
    """The cards go with their readers; when pcscd is back they are found again, and nothing restarts."""
    async with row_of(stage) as row:
        await row.slots.insert("001", card())
        assert await row.next() == CardInserted("001")
        connection = await row.readers.connect("001")
        await stage.kill()
        assert await row.next() == CardRemoved("001", reader_lost=True)
        with pytest.raises(CardGone):
            await sign_in(connection, challenge("001", "m1"), b"123456")
        await connection.close()
        with pytest.raises(CardGone):
            await row.readers.connect("001")
        await row.slots.pull("001")
        await stage.start()
        await row.slots.insert("001", card())
        assert await row.next() == CardInserted("001")
        connection = await row.readers.connect("001")
        session = await sign_in(connection, challenge("001", "m1"), b"123456")
        await connection.close()
    return session.member


async def by_place_for_us_alone(stage: Stage) -> Any:
    """Readers may be named by their place in PC/SC's list; one that isn't there is an empty slot.

    While we hold the card no other program gets it.
    """
    readers = PcscReaders({0: "001", "No such reader 00 00": "002"})
    running = asyncio.create_task(readers.run())
    told = readers.events()
    await stage.slots[0].insert(card())
    assert await anext(told) == CardInserted("001")
    with pytest.raises(CardGone):
        await readers.connect("002")
    connection = await readers.connect("001")
    assert await connection.verify_pin_on_pad() is None
    with pytest.raises(CardBusy):
        await PcscReaders({0: "001"}).connect("001")
    await connection.close()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def taken_for_piv_by_others(stage: Stage) -> Any:
    """Programs that are not ours use the simulated card: what each says of it."""
    await _noticed(stage, card())
    said = {"opensc": await _said("opensc-tool", "-r", "0", "--name")}
    if shutil.which("yubico-piv-tool"):
        tool = ("yubico-piv-tool", "-r", "Row0")
        said["status"] = await _said(*tool, "-a", "status")
        said["p256"] = await _signed(*tool)
        for _ in range(3):
            await _said(*tool, "-a", "verify-pin", "-P", "000000")
        said["blocked"] = await _said(*tool, "-a", "verify-pin", "-P", "000000")
        said["unblocked"] = await _said(*tool, "-a", "unblock-pin", "-P", "12345678", "-N", "654321")
        said["changed"] = await _said(*tool, "-a", "change-pin", "-P", "654321", "-N", "123456")
        for name, key in ("p384", p384()), ("rsa", rsa2048()):
            await _noticed(stage, card(key=key))
            said[name] = await _signed(*tool)
    return said


async def _noticed(stage: Stage, put_in: SimulatedCard) -> None:
    """The card is in, in place of the one before, and other programs see it."""
    for there, act in ("No", stage.slots[0].pull()), ("Yes", stage.slots[0].insert(put_in)):
        await act
        async with asyncio.timeout(5):
            while f"0    {there}" not in await _said("opensc-tool", "-l"):  # noqa: ASYNC110 - only asking tells
                await asyncio.sleep(0.05)


async def _signed(*tool: str) -> str:
    certificate = "/run/stage/9a.pem"
    await _said(*tool, "-a", "read-certificate", "-s", "9a", "-o", certificate)
    return await _said(
        *tool, "-a", "verify-pin", "-P", "123456", "-a", "test-signature", "-s", "9a", "-i", certificate
    )


async def _said(*command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return (await process.communicate())[0].decode(errors="replace")
