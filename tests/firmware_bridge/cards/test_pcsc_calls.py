"""PC/SC's rarer answers, on a PC/SC of our own making: pads, T=0, busy and mute readers, quick swaps."""

from typing import Any

import pytest

from firmware_bridge.cards.errors import CardBusy, CardGone, CardUnreadable, PinWrong
from firmware_bridge.cards.pcsc_calls import PcscCard, PresenceWatch
from firmware_bridge.cards.pcsc_reader import PcscReaders, reader_names
from firmware_bridge.cards.personalise import CardAdministration
from firmware_bridge.cards.pin_pad import modify_structure, verify_structure
from firmware_bridge.cards.piv import PAD
from firmware_bridge.cards.sign_in import sign_in
from firmware_bridge.ports import CardInserted, CardRemoved
from tests.firmware_bridge.cards.contract import card, challenge
from tests.firmware_bridge.cards.winscard import BUSY, MUTE, NO_SERVICE, READER, REMOVED, Winscard

PRESENT, EMPTY = 0x20, 0x10


async def test_a_member_types_the_pin_on_the_reader() -> None:
    api = Winscard(card(), typed="123456")
    connection = await PcscReaders({READER: "001"}, api).connect("001")
    session = await sign_in(connection, challenge("001", "m1"), PAD)
    await connection.close()
    assert session.member == "m1"
    assert ("pad", verify_structure()) in api.calls
    assert not any(b"123456" in data for _, data in api.calls if isinstance(data, bytes)), (
        "no PIN passes us"
    )
    assert ("disconnect", api.SCARD_RESET_CARD) in api.calls


async def test_a_new_pin_is_typed_on_the_reader() -> None:
    """The PUK passes through the host, the PIN doesn't."""
    put_in = card(tries_left=0)
    api = Winscard(put_in, typed="271828")
    connection = await PcscReaders({READER: "001"}, api).connect("001")
    administration = CardAdministration(connection)
    await administration.select()
    assert (await administration.set_pin(b"12345678", PAD)).ok
    await connection.close()
    assert put_in.tries_left == 3
    assert ("pad", modify_structure(b"12345678")) in api.calls
    assert not any(b"271828" in data for _, data in api.calls if isinstance(data, bytes))


async def test_a_reader_without_keys_sets_no_pin() -> None:
    connection = await PcscReaders({READER: "001"}, Winscard(card())).connect("001")
    assert await connection.set_pin_on_pad(b"12345678") is None
    await connection.close()


def test_the_readers_that_are_there_are_named() -> None:
    assert reader_names(Winscard(card())) == [READER]


async def test_a_wrong_pin_on_the_reader() -> None:
    connection = await PcscReaders({READER: "001"}, Winscard(card(), typed="999999")).connect("001")
    with pytest.raises(PinWrong) as refused:
        await sign_in(connection, challenge("001", "m1"), PAD)
    assert refused.value.tries_left == 2
    await connection.close()


async def test_over_t0_no_command_has_data_and_a_length_to_expect() -> None:
    api = Winscard(card(), protocol=Winscard.SCARD_PROTOCOL_T0)
    connection = await PcscReaders({0: "001"}, api).connect("001")
    assert (await sign_in(connection, challenge("001", "m1"), b"123456")).member == "m1"
    await connection.close()
    sent = [data for name, data in api.calls if name == "transmit" and len(data) > 5]
    assert sent
    assert all(len(apdu) == 5 + apdu[4] for apdu in sent)


@pytest.mark.parametrize(
    ("code", "kind"),
    [(REMOVED, CardGone), (BUSY, CardBusy), (MUTE, CardUnreadable), (NO_SERVICE, CardGone)],
)
async def test_a_connection_that_fails_is_let_go(code: int, kind: type[Exception]) -> None:
    # pyscard gives codes as signed numbers.
    api = Winscard(card(), fails=code - (1 << 32))
    readers = PcscReaders({READER: "001"}, api)
    for _ in range(2):
        with pytest.raises(kind):
            await readers.connect("001")
    assert api.calls.count(("release", "context")) == 2


def test_an_empty_answer_is_a_card_that_is_gone() -> None:
    class Silent(Winscard):
        def SCardTransmit(self, card: Any, protocol: int, apdu: list[int]) -> list[Any]:
            return [0, []]

    held = PcscCard(Silent(card()))
    held.connect(READER)
    with pytest.raises(CardGone):
        held.transmit(b"\0\xa4\4\0")


def test_a_row_is_told_that_it_is_too_long() -> None:
    with pytest.raises(ValueError, match="at most 15"):
        PcscReaders({f"reader {n}": f"{n:03d}" for n in range(16)})
    with pytest.raises(ValueError, match="one seat"):
        PcscReaders({"reader 1": "001", "reader 2": "001"})


class Presence(Winscard):
    """PC/SC's reports on the reader, one a call; the last one stops the watch. An int is an error."""

    SCARD_STATE_UNAWARE, SCARD_STATE_CHANGED, SCARD_STATE_PRESENT = 0, 2, PRESENT

    def __init__(self, *reports: int | tuple[int, int]) -> None:
        super().__init__(card())
        self.reports = list(reports)
        self.told: list[CardInserted | CardRemoved] = []
        self.known: list[int] = []
        self.watch = PresenceWatch(self, {READER: "001"}, self.told.append)

    def SCardGetStatusChange(self, context: Any, timeout: int, states: list[tuple[str, int]]) -> list[Any]:
        self.known.append(states[0][1])
        report = self.reports.pop(0)
        if not self.reports:
            self.watch.stop()
        if isinstance(report, int):
            return [report, []]
        state, count = report
        return [0, [(READER, state | self.SCARD_STATE_CHANGED | count << 16, [])]]

    def SCardCancel(self, context: Any) -> list[Any]:
        return [0]


IN, OUT, LOST = CardInserted("001"), CardRemoved("001"), CardRemoved("001", reader_lost=True)
END = (EMPTY, 99)


@pytest.mark.parametrize(
    ("reports", "told"),
    [
        (((EMPTY, 0), (PRESENT, 1), (EMPTY, 2), END), [IN, OUT]),
        (((PRESENT, 5), 0x8010000A, (PRESENT, 5), END), [IN]),
        (((PRESENT, 1), (PRESENT, 3), END), [IN, OUT, IN]),
        (((PRESENT, 1), NO_SERVICE, (PRESENT, 1), END), [IN, LOST, IN]),
    ],
    ids=["in and out", "nothing new", "swapped between two looks", "pcscd restarted"],
)
def test_what_comes_and_goes_is_told(reports: Any, told: list[Any]) -> None:
    api = Presence(*reports)
    api.watch.run()
    assert api.told == told
    assert api.known[0] == 0
