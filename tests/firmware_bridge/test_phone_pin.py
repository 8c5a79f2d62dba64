"""One seat's wait for a PIN from a phone: a code for each PIN, so many wrong ones, and an end."""

import asyncio
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from firmware_bridge.cards.errors import PinCodesSpent, PinTimeout
from firmware_bridge.cards.sealed_pin import seal_pin
from firmware_bridge.messages import SealedPin
from firmware_bridge.phone_pin import CODE_DIGITS, WRONG_CODES, PhonePin

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
    wait = waits(1_000_417, 58)
    assert wait.ask() == "000417"
    assert wait.arrived(came("000417")) is None
    assert wait.arrived(came("000417", "654321")) == ("unreadable", None), "one at a time"
    assert await wait.pin() == b"123456"
    assert wait.arrived(came("000417")) == ("unreadable", None), "nobody waits"
    assert wait.ask() == "000058"
    assert wait.arrived(came("000417")) == ("wrong_code", WRONG_CODES - 1), "a code is good for one PIN"


async def test_said_again_it_is_nobodys_wrong_code() -> None:
    wait, sealed = waits(1, 2), came("000001")
    wait.ask()
    assert wait.arrived(sealed) is None
    await wait.pin()
    wait.ask()
    assert [wait.arrived(sealed) for _ in range(5)] == [("unreadable", None)] * 5


async def test_so_many_wrong_codes_end_it_also_when_it_is_asked_for_again() -> None:
    wait = waits(1, 2)
    wait.ask()
    waiting = asyncio.create_task(wait.pin())
    await asyncio.sleep(0)
    answers = [wait.arrived(came(f"{code:06}")) for code in range(2, WRONG_CODES + 2)]
    assert answers == [*(("wrong_code", left) for left in range(WRONG_CODES - 1, 0, -1)), None]
    assert wait.arrived(came("000001")) == ("unreadable", None)
    with pytest.raises(PinCodesSpent):
        await waiting
    with pytest.raises(PinCodesSpent):
        wait.ask()


async def test_a_few_wrong_codes_of_strangers_leave_the_member_to_type() -> None:
    wait = waits(1)
    wait.ask()
    for code in range(2, 12):
        assert wait.arrived(came(f"{code:06}")) == ("wrong_code", WRONG_CODES - code + 1)
    assert wait.arrived(came("000001")) is None
    assert await wait.pin() == b"123456"


def test_a_guess_is_rarer_than_one_in_twenty_thousand_cards_put_in() -> None:
    assert WRONG_CODES / 10**CODE_DIGITS < 1 / 20_000


@pytest.mark.parametrize(
    "bad",
    [
        SealedPin("001", CHAL, "no.seal.of.any.kind"),
        SealedPin("001", "another", came("000001").sealed),
        came("000001", seat="002"),
        came("000001", chal="another"),
        came("000001", pin="1234"),
        came("000001", pin="12345x"),
    ],
    ids=["no seal", "said for another", "another seat", "another challenge", "short", "no digits"],
)
async def test_what_is_no_pin_for_here_spends_neither_try_nor_code(bad: SealedPin) -> None:
    wait = waits(1)
    wait.ask()
    assert wait.arrived(bad) == ("unreadable", None)
    assert wait.arrived(came("000009")) == ("wrong_code", WRONG_CODES - 1)
    assert wait.arrived(came("000001")) is None
    assert await wait.pin() == b"123456"


async def test_it_is_not_waited_for_ever() -> None:
    wait = waits(1, wait_s=0.01)
    wait.ask()
    with pytest.raises(PinTimeout):
        await wait.pin()
    assert wait.arrived(came("000001")) == ("unreadable", None)


async def test_the_seal_stands_in_no_repr() -> None:
    sealed = came("000001")
    assert sealed.sealed not in repr(sealed)
