"""One seat's wait for a PIN from a phone: a code for each PIN, three wrong ones, and an end."""

import asyncio
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from firmware_bridge.cards.errors import PinCodesSpent, PinTimeout
from firmware_bridge.cards.sealed_pin import seal_pin
from firmware_bridge.messages import SealedPin
from firmware_bridge.phone_pin import PhonePin

BRIDGE = ec.generate_private_key(ec.SECP256R1())
CHAL = "AAECAwQFBgcICQoLDA0ODw"


def numbers(*these: int) -> Iterator[bytes]:
    return (number.to_bytes(8, "big") for number in these)


def waits(*codes: int, wait_s: float = 5.0) -> PhonePin:
    given = numbers(*codes)
    return PhonePin("001", CHAL, BRIDGE, lambda _: next(given), wait_s)


def came(code: str, pin: str = "123456", seat: str = "001", chal: str = CHAL) -> SealedPin:
    return SealedPin("001", CHAL, seal_pin(pin, BRIDGE.public_key(), seat=seat, chal=chal, code=code))


async def test_the_pin_with_the_code_is_taken_once() -> None:
    wait = waits(10_417, 58)
    assert wait.ask() == "0417"
    assert wait.arrived(came("0417")) is None
    assert wait.arrived(came("0417", "654321")) == ("unreadable", None), "one at a time"
    assert await wait.pin() == b"123456"
    assert wait.arrived(came("0417")) == ("unreadable", None), "nobody waits"
    assert wait.ask() == "0058"
    assert wait.arrived(came("0417")) == ("wrong_code", 2), "a code is good for one PIN"


async def test_said_again_it_is_nobodys_wrong_code() -> None:
    wait, sealed = waits(1, 2), came("0001")
    wait.ask()
    assert wait.arrived(sealed) is None
    await wait.pin()
    wait.ask()
    assert [wait.arrived(sealed) for _ in range(5)] == [("unreadable", None)] * 5


async def test_three_wrong_codes_end_it_also_when_it_is_asked_for_again() -> None:
    wait = waits(1, 2)
    wait.ask()
    waiting = asyncio.create_task(wait.pin())
    await asyncio.sleep(0)
    answers = [wait.arrived(came(code)) for code in ("0002", "0003", "0004", "0001")]
    assert answers == [("wrong_code", 2), ("wrong_code", 1), None, ("unreadable", None)]
    with pytest.raises(PinCodesSpent):
        await waiting
    with pytest.raises(PinCodesSpent):
        wait.ask()


@pytest.mark.parametrize(
    "bad",
    [
        SealedPin("001", CHAL, "no.seal.of.any.kind"),
        SealedPin("001", "another", came("0001").sealed),
        came("0001", seat="002"),
        came("0001", chal="another"),
        came("0001", pin="1234"),
        came("0001", pin="12345x"),
    ],
    ids=["no seal", "said for another", "another seat", "another challenge", "short", "no digits"],
)
async def test_what_is_no_pin_for_here_spends_neither_try_nor_code(bad: SealedPin) -> None:
    wait = waits(1)
    wait.ask()
    assert wait.arrived(bad) == ("unreadable", None)
    assert wait.arrived(came("0009")) == ("wrong_code", 2)
    assert wait.arrived(came("0001")) is None
    assert await wait.pin() == b"123456"


async def test_it_is_not_waited_for_ever() -> None:
    wait = waits(1, wait_s=0.01)
    wait.ask()
    with pytest.raises(PinTimeout):
        await wait.pin()
    assert wait.arrived(came("0001")) == ("unreadable", None)


async def test_the_seal_stands_in_no_repr() -> None:
    sealed = came("0001")
    assert sealed.sealed not in repr(sealed)
