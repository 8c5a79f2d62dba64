"""The blocking PC/SC calls, for threads: a `PresenceWatch` on all readers, a `PcscCard` for each open card.

`api` is the winscard interface as pyscard gives it (`smartcard.scard`); `pcsc_reader.py` hands it in.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from firmware_bridge.cards import pin_pad
from firmware_bridge.cards.errors import CardBusy, CardError, CardGone, CardUnreadable
from firmware_bridge.ports import CardInserted, CardRemoved

Reader = str | int
"""A reader's full PC/SC name, or its place in PC/SC's list."""
LOOK_AGAIN_MS = 1000
"""A reader that was plugged in or renamed is noticed this late; a card at once."""
SERVICE_BACK_S = 0.2
"""How often a stopped pcscd is tried."""
_WORD = 0xFFFFFFFF
_OK, _TIMEOUT, _NO_READERS = 0, 0x8010000A, 0x8010002E
_BUSY = 0x8010000B
_UNREADABLE = {0x8010000F, 0x8010001C, 0x80100065, 0x80100066, 0x80100067}
"""Protocol mismatch; card unsupported (twice), unresponsive, unpowered."""


class ServiceGone(CardError):
    """pcscd doesn't answer, or has forgotten us: everything begins anew."""


class PcscCard:
    """One card, held exclusively from `connect` to `disconnect`."""

    def __init__(self, api: Any) -> None:
        self._api = api
        self._context: Any = None
        self._card: Any = None
        self._protocol = 0
        self._verify_code: int | None = None
        self._modify_code: int | None = None

    def connect(self, reader: Reader) -> None:
        """Raises CardGone, CardBusy, CardUnreadable."""
        api = self._api
        self._context = self._checked(api.SCardEstablishContext(api.SCARD_SCOPE_SYSTEM))[0]
        name = reader if isinstance(reader, str) else self._named(reader)
        protocols = api.SCARD_PROTOCOL_T0 | api.SCARD_PROTOCOL_T1
        self._card, self._protocol = self._checked(
            # Exclusive: no other program may sign with the PIN that is about to be given.
            api.SCardConnect(self._context, name, api.SCARD_SHARE_EXCLUSIVE, protocols)
        )
        features = self._features()
        self._verify_code = features.get(pin_pad.VERIFY_PIN_DIRECT)
        self._modify_code = features.get(pin_pad.MODIFY_PIN_DIRECT)

    def readers(self) -> list[str]:
        """The names of all readers. Raises CardGone."""
        api = self._api
        self._context = self._checked(api.SCardEstablishContext(api.SCARD_SCOPE_SYSTEM))[0]
        try:
            result = api.SCardListReaders(self._context, [])
            return [] if result[0] & _WORD == _NO_READERS else list(self._checked(result)[0])
        finally:
            self.disconnect()

    def transmit(self, apdu: bytes) -> bytes:
        if self._protocol == self._api.SCARD_PROTOCOL_T0 and len(apdu) > 5 and len(apdu) == apdu[4] + 6:
            # T=0 can't send data and an expected length at once: the card answers 61xx and is asked then.
            apdu = apdu[:-1]
        answer = self._bytes(self._api.SCardTransmit(self._card, self._protocol, list(apdu)))
        if not answer:
            # Some drivers call it a success when the card goes in the middle of an answer.
            raise CardGone("the reader has no answer from the card")
        return answer

    def verify_pin_on_pad(self) -> bytes | None:
        """Blocks while the holder types. The answer is the card's or the pad's status word."""
        if self._verify_code is None:
            return None
        return self._control(self._verify_code, pin_pad.verify_structure())

    def set_pin_on_pad(self, puk: bytes) -> bytes | None:
        """Blocks while the holder types the new PIN twice. The answer is the card's or the pad's."""
        if self._modify_code is None:
            return None
        return self._control(self._modify_code, pin_pad.modify_structure(puk))

    def disconnect(self) -> None:
        """Resets the card, so that no PIN stays verified, and lets go. What fails here is gone anyway."""
        if self._card is not None:
            self._api.SCardDisconnect(self._card, self._api.SCARD_RESET_CARD)
        if self._context is not None:
            self._api.SCardReleaseContext(self._context)
        self._card = self._context = None

    def _named(self, place: int) -> str:
        (names,) = self._checked(self._api.SCardListReaders(self._context, []))
        if place >= len(names):
            raise CardGone(f"there is no reader number {place}")
        return str(names[place])

    def _features(self) -> dict[int, int]:
        try:
            code = self._api.SCARD_CTL_CODE(pin_pad.GET_FEATURES)
            return pin_pad.features(self._control(code, b""))
        except CardError:
            # A reader that lists no features has no pad.
            return {}

    def _control(self, code: int, data: bytes) -> bytes:
        return self._bytes(self._api.SCardControl(self._card, code, list(data)))

    def _bytes(self, result: Any) -> bytes:
        return bytes(byte & 0xFF for byte in self._checked(result)[0])

    def _checked(self, result: Any) -> list[Any]:
        """What a call gave beside its code. Raises CardGone for all that asks for a new connection."""
        code = result[0] & _WORD
        if code == _OK:
            return list(result[1:])
        said = f"{self._api.SCardGetErrorMessage(result[0])} ({code:08X})"
        if code == _BUSY:
            raise CardBusy(f"another program holds the reader: {said}")
        if code in _UNREADABLE:
            raise CardUnreadable(f"the card doesn't answer: {said}")
        raise CardGone(said)


class PresenceWatch:
    """Tells every card that comes and goes, until stopped."""

    def __init__(
        self, api: Any, slots: Mapping[Reader, str], tell: Callable[[CardInserted | CardRemoved], object]
    ) -> None:
        self._api = api
        self._slots = slots
        self._tell = tell
        self._stopped = threading.Event()
        self._context: Any = None
        self._seen: dict[str, int] = {}
        """Seat → the reader's count of comings and goings, for each seat with a card in it."""

    def run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._watch_service()
            except ServiceGone:
                self._forget(set())
                self._stopped.wait(SERVICE_BACK_S)

    def stop(self) -> None:
        """From another thread: wakes the waiting call."""
        self._stopped.set()
        if self._context is not None:
            self._api.SCardCancel(self._context)

    def _watch_service(self) -> None:
        api = self._api
        (self._context,) = self._checked(api.SCardEstablishContext(api.SCARD_SCOPE_SYSTEM))
        try:
            states: dict[str, int] = {}
            while not self._stopped.is_set():
                seats = self._readers()
                self._forget(set(seats.values()))
                states = {name: states.get(name, api.SCARD_STATE_UNAWARE) for name in seats}
                for name, state in self._changes(states):
                    states[name] = state & ~api.SCARD_STATE_CHANGED
                    self._judge(seats[name], state)
        finally:
            context, self._context = self._context, None
            api.SCardReleaseContext(context)

    def _readers(self) -> dict[str, str]:
        """PC/SC name → seat, for those of our readers that are there now."""
        result = self._api.SCardListReaders(self._context, [])
        names = [] if result[0] & _WORD == _NO_READERS else self._checked(result)[0]
        places: dict[Reader, str] = dict(enumerate(names)) | {name: name for name in names}
        return {places[reader]: seat for reader, seat in self._slots.items() if reader in places}

    def _changes(self, states: dict[str, int]) -> list[tuple[str, int]]:
        if not states:
            self._stopped.wait(LOOK_AGAIN_MS / 1000)
            return []
        result = self._api.SCardGetStatusChange(self._context, LOOK_AGAIN_MS, list(states.items()))
        if result[0] & _WORD == _TIMEOUT or self._stopped.is_set():
            return []
        (changed,) = self._checked(result)
        return [(name, state) for name, state, _ in changed]

    def _judge(self, seat: str, state: int) -> None:
        present, count = bool(state & self._api.SCARD_STATE_PRESENT), state >> 16 & 0xFFFF
        before = self._seen.get(seat)
        if before is not None and (not present or count != before):
            # Another count with a card still there: it was out in between, and may be another card.
            del self._seen[seat]
            self._tell(CardRemoved(seat))
        if present and seat not in self._seen:
            self._seen[seat] = count
            self._tell(CardInserted(seat))

    def _forget(self, seats: set[str]) -> None:
        """The cards in readers that are not among these any more: a device failed, nobody left."""
        for seat in self._seen.keys() - seats:
            del self._seen[seat]
            self._tell(CardRemoved(seat, reader_lost=True))

    def _checked(self, result: Any) -> list[Any]:
        if result[0] & _WORD != _OK:
            raise ServiceGone(str(self._api.SCardGetErrorMessage(result[0])))
        return list(result[1:])
