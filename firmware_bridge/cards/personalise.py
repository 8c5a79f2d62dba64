"""What makes a blank PIV card a member's: keys made on it, certificates, PIN, PUK (SP 800-73-4 part 2).

No private key ever leaves the card; what the card says is believed only where it is checked afterwards by
a signature. Secrets stand in no `repr` and no message. Left out: secure messaging, and the attestation of
makers, which isn't in the standard; that a key was made on the card rests on who holds the management key.
"""

import secrets
from enum import Enum

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from firmware_bridge.cards import tlv
from firmware_bridge.cards.apdu import Command, Response, Status, exchange
from firmware_bridge.cards.errors import (
    CardMalformed,
    CardRefused,
    CardUntrue,
    KeyUnknown,
    ManagementKeyFixed,
    NoPinPad,
    PinBlocked,
    PinWrong,
)
from firmware_bridge.cards.management_key import ManagementAlgorithm, ManagementKey
from firmware_bridge.cards.piv import Pad, PinOutcome, PivCard, Slot, outcome_of, pin_block
from firmware_bridge.ports import StationConnection

PUK = 0x81
_PIN, _MANAGEMENT = 0x80, 0x9B
_GET_DATA, _PUT_DATA, _GENERATE, _AUTHENTICATE = 0xCB, 0xDB, 0x47, 0x87
_CHANGE_REFERENCE, _RESET_RETRY, _SET_MANAGEMENT = 0x24, 0x2C, 0xFF
_CHUID = bytes.fromhex("5fc102")
_NOBODY_FASC_N = bytes.fromhex("d4e739da739ced39ce739d836858210842108421c842104321")
"""The number of a card that no federal agency issued (SP 800-73-4 part 1, 3.1.2): all nines."""
GUID_BYTES = 16


class KeyKind(Enum):
    """What the card may make: the name on the command line and the PIV algorithm."""

    P256 = ("p256", 0x11)
    P384 = ("p384", 0x14)
    RSA2048 = ("rsa2048", 0x07)


PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey


class CardAdministration:
    """One card on the station's reader, `select`ed. All methods raise CardGone when it is pulled."""

    def __init__(self, connection: StationConnection) -> None:
        self._connection = connection
        self.card = PivCard(connection)

    async def select(self) -> None:
        """Raises CardUnreadable for what is no PIV card."""
        await self.card.select()

    async def guid(self) -> bytes | None:
        """The card's own number (CHUID, tag 34): 16 bytes; None where none was written yet."""
        answer = await self._ask(Command(_GET_DATA, 0x3F, 0xFF, tlv.encode(0x5C, _CHUID), answers=True))
        if answer.status == Status.NOT_FOUND:
            return None
        holder = tlv.find(answer.expect("GET DATA CHUID"), 0x53)
        found = [value for tag, value in tlv.items(holder) if tag == 0x34]
        return found[0] if found and len(found[0]) == GUID_BYTES else None

    async def management_algorithm(self) -> ManagementAlgorithm:
        """Of the key that administers the card now. Raises CardRefused where it takes none of ours."""
        for algorithm in ManagementAlgorithm:
            answer = await self._authenticate(algorithm, tlv.encode(0x80))
            if answer.ok:
                return algorithm
        raise CardRefused("GENERAL AUTHENTICATE 9B", answer.status, answer.meaning)

    async def prove(self, key: ManagementKey) -> None:
        """Card and station prove to each other that they know the key.

        Raises KeyUnknown (the card knows another), CardUntrue (the card doesn't know it at all).
        """
        asked = await self._authenticate(key.algorithm, tlv.encode(0x80))
        witness = tlv.find(tlv.find(asked.expect("GENERAL AUTHENTICATE witness"), 0x7C), 0x80)
        challenge = secrets.token_bytes(key.algorithm.block_bytes)
        proof = tlv.encode(0x80, key.decipher(witness)) + tlv.encode(0x81, challenge)
        answer = await self._authenticate(key.algorithm, proof)
        if answer.status in (Status.NOT_ALLOWED_YET, Status.WRONG_DATA, Status.PIN_BLOCKED):
            raise KeyUnknown("the card's management key is another one")
        response = tlv.find(tlv.find(answer.expect("GENERAL AUTHENTICATE proof"), 0x7C), 0x82)
        if not key.opens(challenge, response):
            raise CardUntrue("the card doesn't know its own management key")

    async def name(self, guid: bytes, expires: str) -> None:
        """Writes the card's number. `expires`: YYYYMMDD, for doors; nothing of ours rests on it."""
        parts = (
            tlv.encode(0x30, _NOBODY_FASC_N),
            tlv.encode(0x34, guid),
            tlv.encode(0x35, expires.encode()),
        )
        await self._put(_CHUID, b"".join((*parts, tlv.encode(0x3E), tlv.encode(0xFE))))

    async def generate(self, slot: Slot, kind: KeyKind) -> PublicKey:
        """Lets the card make a key, in place of the one there. Returns its public half."""
        name, algorithm = kind.value
        wanted = tlv.encode(0xAC, tlv.encode(0x80, bytes([algorithm])))
        command = Command(_GENERATE, 0x00, slot.reference, wanted, answers=True)
        made = tlv.find((await self._ask(command)).expect(f"GENERATE {name}"), 0x7F49)
        return _public_key(made, kind)

    async def put_certificate(self, slot: Slot, certificate: bytes) -> None:
        """DER, uncompressed."""
        container = tlv.encode(0x70, certificate) + tlv.encode(0x71, b"\0") + tlv.encode(0xFE)
        await self._put(slot.tag, container)

    async def change_management_key(self, key: ManagementKey) -> None:
        """By the makers' SET MANAGEMENT KEY (INS FF): the standard has no command for it.

        Raises ManagementKeyFixed where the card doesn't take this command, or this algorithm.
        """
        data = bytes([key.algorithm, _MANAGEMENT, len(key.value)]) + key.value
        answer = await self._ask(Command(_SET_MANAGEMENT, 0xFF, 0xFF, data))
        if not answer.ok:
            raise ManagementKeyFixed(f"SET MANAGEMENT KEY {key.algorithm.name}: {answer.status:04X}")

    async def change_puk(self, old: bytes, new: bytes) -> PinOutcome:
        """A wrong `old` costs a try."""
        data = pin_block(old) + pin_block(new)
        return outcome_of(await self._ask(Command(_CHANGE_REFERENCE, 0x00, PUK, data)))

    async def set_pin(self, puk: bytes, pin: bytes | Pad) -> PinOutcome:
        """Gives the card a new PIN and all its tries, whatever the old one was; a pad asks for it twice.

        Raises PinMalformed, NoPinPad; PinWrong or PinBlocked when the *PUK* isn't right.
        """
        if isinstance(pin, Pad):
            typed = await self._connection.set_pin_on_pad(pin_block(puk))
            if typed is None:
                raise NoPinPad("the reader has no keys to set a PIN on")
            answer = Response.parse(typed)
        else:
            data = pin_block(puk) + pin_block(pin)
            answer = await self._ask(Command(_RESET_RETRY, 0x00, _PIN, data))
        outcome = outcome_of(answer)
        if outcome.verdict == "blocked":
            raise PinBlocked()
        if outcome.tries_left is not None:
            raise PinWrong(outcome.tries_left)
        return outcome

    async def _authenticate(self, algorithm: ManagementAlgorithm, data: bytes) -> Response:
        command = Command(_AUTHENTICATE, algorithm, _MANAGEMENT, tlv.encode(0x7C, data), answers=True)
        return await self._ask(command)

    async def _put(self, tag: bytes, value: bytes) -> None:
        data = tlv.encode(0x5C, tag) + tlv.encode(0x53, value)
        (await self._ask(Command(_PUT_DATA, 0x3F, 0xFF, data))).expect(f"PUT DATA {tag.hex()}")

    async def _ask(self, command: Command) -> Response:
        return await exchange(self._connection, command)


def _public_key(made: bytes, kind: KeyKind) -> PublicKey:
    try:
        if kind is KeyKind.RSA2048:
            n, e = (int.from_bytes(tlv.find(made, tag), "big") for tag in (0x81, 0x82))
            return rsa.RSAPublicNumbers(e, n).public_key()
        curve = ec.SECP256R1() if kind is KeyKind.P256 else ec.SECP384R1()
        return ec.EllipticCurvePublicKey.from_encoded_point(curve, tlv.find(made, 0x86))
    except ValueError as fault:
        raise CardMalformed("what the card made is no public key of the kind asked for") from fault
