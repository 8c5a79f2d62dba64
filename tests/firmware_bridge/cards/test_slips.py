"""Each APDU of a sign-in and of a card-signed ballot × each way in which it can go wrong.

Whatever happens: no session and no ballot without a whole, true signature, and within half a second by the
line's clock the console says what happened, or what the card is at. The clock is virtual
(tests/virtual_time.py).
"""

from typing import Any

import pytest

from firmware_bridge import texts
from firmware_bridge.card_words import told
from firmware_bridge.cards.errors import CardRefused
from firmware_bridge.cards.patience import PAD_S
from firmware_bridge.cards.status import Status, Told, told_by
from tests.firmware_bridge.cards.slips import FORM, Slip, SlipBench, checked_ballot
from tests.virtual_time import played

SOON_S = 0.5
FORGET = "0020ff80"
"""Ends the PIN's state once the signature is there: a card that is silent then costs time only."""
SLOW_S = 3.0
PULLED = [Slip("pulled", pulled=True), Slip("pulled_answer_lost", pulled=True, swallowed=True)]
GARBAGE = [
    Slip("empty", b""),
    Slip("one_byte", b"\x90"),
    Slip("done_but_no_data", b"\x90\x00"),
    Slip("rubbish", bytes(range(200, 256)) + b"\x90\x00"),
    Slip("length_beyond", b"\x53\x82\xff\xff\x90\x00"),
    Slip("unknown_status", b"\x12\x34"),
    Slip("more_without_data", b"\x61\x00"),
    Slip("other_length", b"\x6c\x05"),
]
TOO_LONG = [
    Slip("too_long", bytes(70_000) + b"\x90\x00"),
    Slip("far_too_long", bytes(66_000) + b"\x61\xff"),
]
WORDS = [Slip(f"{word:04X}", word.to_bytes(2, "big")) for word in Status if word != Status.OK]
WORDS += [Slip(f"63C{left}", bytes([0x63, 0xC0 | left])) for left in (0, 1, 2)]
SLOW, SILENT = Slip("slow", seconds=SLOW_S), Slip("silent", seconds=1000.0)
SLIPS = [*PULLED, *GARBAGE, *TOO_LONG, *WORDS, SLOW, SILENT]
AT_WORK = {
    texts.READING, texts.CARD_READ, texts.PIN_WANTED, texts.SIGNING, texts.SIGNING_BALLOT, texts.IDLE,
    texts.ballot_to_sign("TAN THANH"), texts.pin_for_ballot("TAN THANH"), ("Kính chào", "đại biểu"),
}  # fmt: skip
"""What stands there while all goes well."""


async def _sign_in(bench: SlipBench, at: int, slip: Slip) -> None:
    bench.card.arm(at, slip)
    bench.insert()
    await bench.until(bench.now + 1.0)


async def _ballot(bench: SlipBench, at: int, slip: Slip) -> None:
    """The card slips only once its holder is signed in."""
    await bench.signed_in()
    bench.hall(FORM)
    bench.card.arm(at, slip)
    bench.press("1")
    await bench.until(bench.now + 1.0)


def _steps(scene: Any) -> list[str]:
    """What the card is asked, where nothing goes wrong: the columns of the table."""

    async def record() -> list[str]:
        bench = SlipBench()
        with bench.running():
            await scene(bench, -1, Slip("none"))
            return list(bench.card.steps)

    return played(record())


def _table(scene: Any) -> list[Any]:
    return [
        pytest.param(number, slip, id=f"{number}-{step}-{slip.name}")
        for number, step in enumerate(_steps(scene))
        for slip in SLIPS
    ]


@pytest.mark.parametrize(("at", "slip"), _table(_sign_in))
def test_no_sign_in_without_a_true_signature_and_a_word_at_once(at: int, slip: Slip) -> None:
    played(_plays(_sign_in, at, slip))


@pytest.mark.parametrize(("at", "slip"), _table(_ballot))
def test_no_ballot_without_a_true_signature_and_a_word_at_once(at: int, slip: Slip) -> None:
    played(_plays(_ballot, at, slip))


async def _plays(scene: Any, at: int, slip: Slip) -> None:
    bench = SlipBench()
    with bench.running():
        await scene(bench, at, slip)
        slipped_at = bench.slipped_at
        assert slipped_at is not None, "the card was never asked that far"
        bench.types = slip is SLOW
        await bench.until(slipped_at + (PAD_S + 5 if slip is SILENT else SLOW_S + 5))
        for said in bench.ballots:
            assert checked_ballot(said).payload["choice"] == "approve"
        signed = [at for at in bench.signed_at if at >= slipped_at]
        if slip is SLOW:
            assert signed, "three seconds are not too slow"
        if not signed or min(signed) > slipped_at + SOON_S:
            # Else what went wrong was nothing that the signature needs.
            _says_so(bench, scene, slip, bench.lines_at(slipped_at + SOON_S))


def _says_so(bench: SlipBench, scene: Any, slip: Slip, lines: tuple[str, str]) -> None:
    assert all(len(line) <= texts.WIDTH for line in lines)
    if slip in (SLOW, SILENT):
        assert lines in AT_WORK - {texts.IDLE}, lines
        gave_up = any(shown == texts.CARD_SILENT for _, shown in bench.shown)
        assert slip is SLOW or gave_up or bench.card.steps[-1] == FORGET, "for ever silent"
    elif not slip.pulled:
        assert lines not in AT_WORK, f"{slip.name}: only {lines}"
    elif scene is _ballot:
        assert lines == texts.PULLED_SIGNING_BALLOT
    else:
        assert lines in (texts.IDLE, texts.PULLED_SIGNING_IN)


@pytest.mark.parametrize("word", list(Status))
def test_every_status_word_has_a_meaning_and_two_lines_for_the_member(word: Status) -> None:
    lines = told(CardRefused("a step", word, word.meaning))
    assert word.meaning
    assert told_by(word) is word.told
    assert all(0 <= len(line) <= texts.WIDTH and line.isascii() for line in lines)
    assert lines[0]


def test_no_status_word_at_all_leaves_the_member_without_an_answer() -> None:
    for word in range(0x10000):
        assert isinstance(told_by(word), Told)
        assert told(CardRefused("a step", word, ""))[0]
