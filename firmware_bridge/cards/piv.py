"""A PIV card (NIST SP 800-73-4 part 2): its certificates, its PIN, and its signatures.

The card is believed in nothing: certificates are judged by the hall, signatures are checked here against
the certificate before anyone sees them. A PIN never stands in a message, a `repr` or an exception.
"""

import gzip
import io
import zlib
from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

from firmware_bridge.cards import tlv
from firmware_bridge.cards.apdu import Command, Response, Status, exchange
from firmware_bridge.cards.errors import (
    CardError,
    CardMalformed,
    CardRefused,
    CardUnreadable,
    ContactOnly,
    NoPinPad,
    PinBlocked,
    PinCancelled,
    PinMalformed,
    PinNotGiven,
    PinTimeout,
    PinWrong,
)
from firmware_bridge.cards.keys import CardKey
from firmware_bridge.ports import CardConnection

PIV_AID = bytes.fromhex("a000000308000010000100")
LONGEST_CERTIFICATE = 12_000
"""Bytes, unpacked: four times what a PIV card must be able to hold. A compressed bomb stops here."""
_PIN = 0x80
"""Key reference of the card's own PIN."""
_NOT_OVER_THE_AIR = frozenset(
    {Status.NOT_ALLOWED_YET, Status.SECURE_MESSAGING_MISSING, Status.SECURE_MESSAGING_WRONG}
)
"""By contact anybody may read a certificate; without, only through a virtual contact interface, which no
reader of ours opens."""
_SELECT, _GET_DATA, _VERIFY, _AUTHENTICATE = 0xA4, 0xCB, 0x20, 0x87


class Slot(Enum):
    """A PIV key and the tag of the object that holds its certificate."""

    AUTHENTICATION = (0x9A, bytes.fromhex("5fc105"))
    SIGNATURE = (0x9C, bytes.fromhex("5fc10a"))

    @property
    def reference(self) -> int:
        return self.value[0]

    @property
    def tag(self) -> bytes:
        return self.value[1]


class Pad(Enum):
    """Stands where a PIN would: it is typed on the reader, and no program sees it."""

    PAD = "pad"


PAD: Final = Pad.PAD
Verdict = Literal["ok", "wrong", "blocked", "cancelled", "timeout"]


@dataclass(frozen=True, slots=True)
class PinOutcome:
    """What came of asking for the PIN: expected, so a value. `verdict` is the bus message `pin`'s word."""

    verdict: Verdict
    tries_left: int | None = None

    @property
    def ok(self) -> bool:
        return self.verdict == "ok"

    @property
    def blocked(self) -> bool:
        return self.verdict == "blocked"

    def require(self) -> None:
        """Raises PinWrong, PinBlocked, PinCancelled or PinTimeout unless the PIN was right."""
        refusal = self._refusal()
        if refusal:
            raise refusal

    def _refusal(self) -> PinNotGiven | None:
        match self.verdict:
            case "ok":
                return None
            case "wrong":
                return PinWrong(self.tries_left)
            case "blocked":
                return PinBlocked()
            case "cancelled":
                return PinCancelled()
            case "timeout":
                return PinTimeout()


class PivCard:
    """One selected PIV application on one powered card."""

    def __init__(self, connection: CardConnection, *, extended: bool = False) -> None:
        self._connection = connection
        self._extended = extended

    async def select(self) -> None:
        """Raises CardUnreadable when the card has no PIV application."""
        response = await self._ask(Command(_SELECT, 0x04, 0x00, PIV_AID, answers=True))
        if response.status in (Status.NOT_FOUND, Status.UNKNOWN_INSTRUCTION, Status.UNKNOWN_CLASS):
            raise CardUnreadable("the card in the slot is not a PIV card")
        response.expect("SELECT PIV")

    async def certificate(self, slot: Slot = Slot.AUTHENTICATION) -> bytes:
        """The slot's certificate (DER). Raises ContactOnly, CardRefused (none there), CardMalformed."""
        wanted = Command(_GET_DATA, 0x3F, 0xFF, tlv.encode(0x5C, slot.tag), answers=True)
        answer = await self._ask(wanted)
        if answer.status in _NOT_OVER_THE_AIR:
            raise ContactOnly(f"GET DATA certificate: the card answers {answer.status:04X} over the air")
        data = answer.expect("GET DATA certificate")
        container = tlv.find(data, 0x53)
        certificate = tlv.find(container, 0x70)
        packed = any(tag == 0x71 and value[:1] == b"\x01" for tag, value in tlv.items(container))
        return _unpacked(certificate) if packed else certificate

    async def tries_left(self) -> int | None:
        """PIN tries left, without spending one; None when the card doesn't say. 0: blocked."""
        response = await self._ask(Command(_VERIFY, 0x00, _PIN))
        return 0 if response.status == Status.PIN_BLOCKED else response.tries_left

    async def verify_pin(self, pin: bytes | Pad) -> PinOutcome:
        """Shows the PIN to the card, or lets its holder type it on the reader.

        Raises PinMalformed (not six to eight digits; no try is spent), NoPinPad, CardRefused.
        """
        if isinstance(pin, Pad):
            answer = await self._connection.verify_pin_on_pad()
            if answer is None:
                raise NoPinPad("the reader has no keys to type a PIN on")
            return outcome_of(Response.parse(answer))
        return outcome_of(await self._ask(Command(_VERIFY, 0x00, _PIN, pin_block(pin))))

    async def forget_pin(self) -> None:
        """Ends the verified state: nobody signs with a PIN that was given for something else.

        Cards older than SP 800-73-4 don't know the command; there the reader's reset on closing does it.
        Never raises for a card that is gone: what it knew went with it.
        """
        try:
            await self._ask(Command(_VERIFY, 0xFF, _PIN))
        except CardError:
            return

    async def sign(self, slot: Slot, message: bytes, key: CardKey) -> bytes:
        """Signs the message with the slot's key; `key` is what the slot's certificate says (`key_of`).

        Returns the signature as JWS has it: r and s side by side, or the RSA block. It has been checked.
        Raises CardRefused (no PIN), CardUntrue, CardMalformed, CardGone.
        """
        request = tlv.encode(0x7C, tlv.encode(0x82), tlv.encode(0x81, key.block(message)))
        command = Command(_AUTHENTICATE, key.piv_algorithm, slot.reference, request, answers=True)
        data = (await self._ask(command)).expect("GENERAL AUTHENTICATE")
        return key.signature(tlv.find(tlv.find(data, 0x7C), 0x82), message)

    async def _ask(self, command: Command) -> Response:
        return await exchange(self._connection, command, extended=self._extended)


def pin_block(pin: bytes) -> bytes:
    """A PIN as the card wants it: its digits, filled to eight bytes with FF (SP 800-73-4 part 2, 2.4.3)."""
    if not 6 <= len(pin) <= 8 or not pin.isdigit():
        raise PinMalformed("a PIN has six to eight digits")
    return pin.ljust(8, b"\xff")


def outcome_of(response: Response) -> PinOutcome:
    """Raises CardRefused for what is neither a right nor a wrong PIN."""
    if response.tries_left is not None:
        # 63C0 is the try that blocked the card.
        return PinOutcome("wrong" if response.tries_left else "blocked", response.tries_left)
    match response.status:
        case Status.OK:
            return PinOutcome("ok")
        case Status.PIN_BLOCKED:
            return PinOutcome("blocked", 0)
        case Status.PIN_CANCELLED:
            return PinOutcome("cancelled")
        case Status.PIN_TIMEOUT:
            return PinOutcome("timeout")
        case Status.PIN_LENGTH | Status.NOT_VERIFIED:
            return PinOutcome("wrong")
    raise CardRefused("VERIFY", response.status, response.meaning)


def _unpacked(certificate: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(certificate)) as packed:
            plain = packed.read(LONGEST_CERTIFICATE + 1)
    except (OSError, EOFError, zlib.error) as fault:
        raise CardMalformed("the card's compressed certificate can't be unpacked") from fault
    if len(plain) > LONGEST_CERTIFICATE:
        raise CardMalformed("the card's certificate is far too long")
    return plain
