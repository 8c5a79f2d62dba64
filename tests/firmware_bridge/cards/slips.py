"""One seat with a simulated card that misbehaves at one APDU of one's choice, on a clock of its own.

Row, card desk, PIV and readers are the real ones; the hall is a script that agrees to what is well signed.
"""

import asyncio
import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from audit import signing, statement
from firmware_bridge.card_desk import CardDesk
from firmware_bridge.messages import Card, CardSigned, Form, SignedIn
from firmware_bridge.ports import ConsoleUp, Face, KeyPressed
from firmware_bridge.receipt import Receipt
from firmware_bridge.row import Row
from simulators.authority import Authority, p256
from simulators.card import SimulatedCard
from simulators.card_keys import Credential
from simulators.readers import SimulatedReaders
from tests.firmware_bridge.cards.contract import AT, challenge

TICK_S = 0.05
SEAT, MEMBER, PIN = "001", "m1", "123456"
FORM = Form(
    "open", "v1", {"log": "dienhong.example/hall/2026", "sit": "2026-11-21-am", "vote": "v1",
                   "def": "de" * 32, "chal": "AAAAAAAAAAAAAAAAAAAAAA"},
    {"1": "approve", "2": "reject"}, {"1": "TAN THANH", "2": "KHONG TAN THANH"}, True,
    ("K8 D5", "TT   K.TT"), 600_000, 3000, None, "card",
)  # fmt: skip
_AUTHORITY = Authority(AT)
KEYS: dict[int, Credential] = {
    0x9A: _AUTHORITY.issue(MEMBER, "Nguyễn Thị Đại Biểu", AT),
    0x9C: _AUTHORITY.issue(MEMBER, "Nguyễn Thị Đại Biểu", AT),
}


@dataclass(frozen=True, slots=True)
class Slip:
    """What goes wrong at one APDU. `answer`: in place of the card's; None: the card's own."""

    name: str
    answer: bytes | None = None
    seconds: float = 0.0
    pulled: bool = False
    swallowed: bool = False
    """The card did what it was told before it was pulled: only its answer is lost."""


class SlippingCard(SimulatedCard):
    """`at`: the how manieth APDU since `arm` slips. `steps`: what was asked since, in hex without data."""

    def __init__(self, **options: Any) -> None:
        self.steps: list[str] = []
        self.at, self.slip = -1, Slip("none")
        self.pull: Callable[[], object] = lambda: None
        self.slipped: Callable[[], None] = lambda: None
        super().__init__(KEYS, pin=PIN, **options)

    def arm(self, at: int, slip: Slip) -> None:
        self.steps.clear()
        self.at, self.slip = at, slip

    def seconds_needed(self, apdu: bytes) -> float:
        self.steps.append(apdu[:4].hex())
        if not self._slips():
            return super().seconds_needed(apdu)
        self.slipped()
        if self.slip.swallowed:
            super().transmit(apdu)
        if self.slip.pulled:
            self.pull()
        return self.slip.seconds or (1.0 if self.slip.pulled else 0.0)

    def transmit(self, apdu: bytes) -> bytes:
        if self._slips() and self.slip.answer is not None:
            return self.slip.answer
        return super().transmit(apdu)

    def _slips(self) -> bool:
        return len(self.steps) - 1 == self.at


@dataclass
class SlipBench:
    """`said` and `statements`: all that went up. `shown`: what the console showed, and since when."""

    card: SlippingCard = field(default_factory=SlippingCard)
    pads: bool = True
    pin_key: ec.EllipticCurvePrivateKey = field(default_factory=p256)
    _drawn: int = 0

    def __post_init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.readers = SimulatedReaders([SEAT], pads=self.pads)
        self.row = Row({SEAT: 1}, lambda jws: Receipt("v1", jws["payload"], 9))
        self.said: list[Any] = []
        self.statements: list[Any] = []
        self.shown: list[tuple[float, tuple[str, str]]] = []
        self.slipped_at: float | None = None
        self.signed_at: list[float] = []
        """When something that the card had signed went up."""
        self.face = Face()
        self.types = True
        """The member types the PIN whenever the pad asks."""
        self.desk = CardDesk(
            self.row, self.readers, self.pin_key,
            now=self.loop.time, token=self._token, changed=self._changed,
        )  # fmt: skip
        self.card.pull = lambda: self.readers.pull(SEAT)
        self.card.slipped = self._slipped
        self.readers.watch(lambda _: self.loop.call_soon(self._type))

    @contextmanager
    def running(self) -> Iterator[None]:
        self.row.show_all(0.0)
        task = asyncio.create_task(self.desk.run())
        self.row.console(ConsoleUp(1, "SN-1", False), self.now)
        self._act()
        try:
            yield
        finally:
            task.cancel()

    @property
    def now(self) -> float:
        return self.loop.time()

    def lines_at(self, at: float) -> tuple[str, str]:
        return [lines for since, lines in self.shown if since <= at][-1]

    @property
    def ballots(self) -> list[CardSigned]:
        return [said for said in self.said if isinstance(said, CardSigned)]

    # -- what happens ----------------------------------------------------------------------------------

    def insert(self) -> None:
        self.readers.insert(SEAT, self.card)

    def press(self, key: Any = "1") -> None:
        self.row.console(KeyPressed(1, key, self.now), self.now)
        self._act()

    def hall(self, *messages: Any) -> None:
        for message in messages:
            self.row.heard(message, self.now)
        self._act()

    async def signed_in(self) -> None:
        self.insert()
        await asyncio.sleep(5)
        assert self.row.seat(SEAT).slot.signed_in  # type: ignore[union-attr]

    async def until(self, at: float) -> None:
        """Time passes, and the row is woken as its timer would."""
        while self.now < at:
            await asyncio.sleep(min(at - self.now, TICK_S))
            self.row.tick(self.now)
            self._act()

    # -- the shell's part, and the hall's ----------------------------------------------------------------

    def _token(self, size: int) -> bytes:
        self._drawn += 1
        return self._drawn.to_bytes(size, "big")

    def _slipped(self) -> None:
        self.slipped_at = self.now

    def _type(self) -> None:
        if self.types and self.readers.asking(SEAT):
            self.readers.type_pin(SEAT, PIN)

    def _changed(self, seat: str) -> None:
        self.row.refresh(seat, self.now)
        self._act()

    def _act(self) -> None:
        out = self.row.take(self.now)
        for face in out.faces.values():
            if not self.shown or face.lines != self.shown[-1][1]:
                self.shown.append((self.now, face.lines))
            self.face = face
        for slot in out.called_off:
            self.desk.call_off(slot)
        for ask in out.cards:
            self.desk.ask(ask)
        self.said += out.sayings
        self.statements += out.statements
        signed = [said for said in out.sayings if isinstance(said, CardSigned)]
        self.signed_at += [self.now] * len([*signed, *out.statements])
        for said in out.sayings:
            if isinstance(said, Card) and said.present and said.cert and not said.session:
                self.loop.call_soon(self.hall, challenge(SEAT, MEMBER))
        for jws in out.statements:
            sealed = checked(jws, statement.SESSION_KEY, 0x9A)
            self.loop.call_soon(self.hall, SignedIn(SEAT, sealed.payload_hash))


def checked(jws: Any, typ: str, slot: int) -> statement.Statement:
    """Whole, of this kind, with a true signature by the card's key in this slot, or an assertion fails."""
    sealed = statement.parse(dict(jws), typ)
    public = x509.load_der_x509_certificate(KEYS[slot].certificate).public_key()
    assert isinstance(public, signing.PublicKey)
    statement.verify(sealed, public)
    return sealed


def checked_ballot(said: CardSigned) -> statement.Statement:
    assert base64.b64decode(said.cert) == KEYS[0x9C].certificate
    return checked(said.ballot, statement.BALLOT, 0x9C)
