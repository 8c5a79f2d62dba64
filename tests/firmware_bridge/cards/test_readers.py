"""The promises of `CardReaders`, kept by the demo's in-process readers and by Debian's real pcscd."""

import shutil

import pytest

from simulators.card import SimulatedCard
from simulators.readers import SimulatedReaders
from tests.firmware_bridge.cards import contract
from tests.firmware_bridge.cards.contract import Row
from tests.firmware_bridge.pcscd import play

SCENES = "tests.firmware_bridge.cards.scenes"
PROMISES = (*contract.TWO_SEATS_ARE_ENOUGH, contract.a_full_row_signs_in_at_once)


class Hands:
    def __init__(self, readers: SimulatedReaders) -> None:
        self._readers = readers

    async def insert(self, seat: str, put_in: SimulatedCard) -> None:
        self._readers.insert(seat, put_in)

    async def pull(self, seat: str) -> None:
        self._readers.pull(seat)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
async def test_in_process(promise: contract.Promise) -> None:
    seats = [f"{n:03d}" for n in range(1, contract.FULL_ROW + 1)]
    readers = SimulatedReaders(seats)
    await promise(Row(readers, Hands(readers), seats))


def test_through_pcscd() -> None:
    promises = contract.TWO_SEATS_ARE_ENOUGH
    told = play(f"{SCENES}:the_contract", readers=2 * len(promises))
    assert told == [promise.__name__ for promise in promises]


def test_fifteen_readers_at_one_pcscd() -> None:
    assert play(f"{SCENES}:a_full_row", readers=contract.FULL_ROW)


def test_pcscd_killed_and_restarted_under_us() -> None:
    assert play(f"{SCENES}:pcscd_dies") == "m1"


def test_readers_named_by_their_place_and_held_by_us_alone() -> None:
    play(f"{SCENES}:by_place_for_us_alone")


@pytest.mark.skipif(not shutil.which("opensc-tool"), reason="opensc is not installed")
def test_programs_that_are_not_ours_take_the_simulated_card_for_piv() -> None:
    told = play(f"{SCENES}:taken_for_piv_by_others")
    assert "Personal Identity Verification Card" in told["opensc"]
    if "status" not in told:
        pytest.skip("yubico-piv-tool is not installed; opensc-tool took the card")
    assert "PIN tries left:\t3" in told["status"]
    assert "ECCP256" in told["status"]
    assert "Successful ECDSA verification" in told["p256"]
    assert "Successful ECDSA verification" in told["p384"]
    assert "Successful RSA verification" in told["rsa"]
    assert "blocked" in told["blocked"]
    assert "Successfully unblocked" in told["unblocked"]
    assert "Successfully changed" in told["changed"]
