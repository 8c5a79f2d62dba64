"""A simulated PIV card: APDU in, APDU out (NIST SP 800-73-4 part 2).

The same object serves the in-process reader of the demo and, through vpcd, the real pcscd of the tests.
It has no clock: `seconds_needed` tells how long an operation takes, and whoever carries the APDUs waits.
Left out: secure messaging, and biometric verification.
"""

import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from firmware_bridge.cards import tlv
from firmware_bridge.cards.apdu import Status
from firmware_bridge.cards.errors import CardMalformed
from firmware_bridge.cards.management_key import ManagementAlgorithm, ManagementKey
from simulators import card_objects
from simulators.card_administration import FACTORY, MANAGEMENT, AdministrationRefused, CardAdministrator
from simulators.card_keys import Credential, chip_of

ATR = bytes.fromhex("3b858001514850495652")
"""T=1, five historical bytes, check byte."""
PIN, PUK = 0x80, 0x81
_CHAINED = 0x10


@dataclass(slots=True)
class _Secret:
    """A PIN or PUK with its counter of tries."""

    value: bytes
    most: int
    left: int

    def shown(self, tried: bytes) -> int:
        """The status word for showing `tried`."""
        if self.left == 0:
            return Status.PIN_BLOCKED
        if hmac.compare_digest(tried, self.value):
            self.left = self.most
            return Status.OK
        self.left -= 1
        return 0x63C0 | self.left

    def renew(self, value: bytes) -> None:
        self.value, self.left = value, self.most


@dataclass(frozen=True, slots=True)
class _Apdu:
    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes
    most: int
    """How much answer the host takes at once."""


class _Refusal(Exception):
    def __init__(self, status: int) -> None:
        self.status = status


class SimulatedCard:
    """One card with its holder's PIN.

    `credentials` go by key reference (0x9A authentication, 0x9C signature), `seconds` by instruction (0x87
    signs). `tries_left` 0 is a blocked card. `management` administers it, `takes` are the kinds of such
    keys that it knows. `contactless`: it lies on a reader without contacts, and gives there what it may.
    """

    atr = ATR

    def __init__(
        self, credentials: Mapping[int, Credential], *, pin: str = "123456", puk: str = "12345678",
        tries: int = 3, tries_left: int | None = None, seconds: Mapping[int, float] | None = None,
        management: ManagementKey = FACTORY, takes: Iterable[ManagementAlgorithm] = ManagementAlgorithm,
        contactless: bool = False,
    ) -> None:  # fmt: skip
        self._chips = {reference: chip_of(each.key) for reference, each in credentials.items()}
        self._objects = card_objects.objects({ref: each.certificate for ref, each in credentials.items()})
        self._secrets = {
            PIN: _Secret(
                pin.encode().ljust(8, b"\xff"), tries, tries if tries_left is None else tries_left
            ),
            PUK: _Secret(puk.encode().ljust(8, b"\xff"), tries, tries),
        }
        self._seconds = dict(seconds or {})
        self._contactless = contactless
        self._administrator = CardAdministrator(management, self._chips, self._objects, takes)
        self.reset()

    @classmethod
    def blank(cls, **options: Any) -> "SimulatedCard":
        """As its maker delivers it: no key, no certificate, no number; the factory's PIN and PUK."""
        card = cls({}, **options)
        for tag in (card_objects.CHUID, card_objects.CAPABILITIES):
            del card._objects[tag]
        return card

    @property
    def tries_left(self) -> int:
        return self._secrets[PIN].left

    @property
    def verified(self) -> bool:
        """The PIN was given since the last reset, and not taken back."""
        return self._verified

    def reset(self) -> None:
        """Power or reset: nothing is selected, nobody is verified. The counters stay, as in a real card."""
        self._selected = False
        self._verified = False
        self._just_verified = False
        self._chain = b""
        self._rest = b""
        self._administrator.reset()

    def administered_by(self, key: ManagementKey) -> bool:
        return self._administrator.holds(key)

    def seconds_needed(self, apdu: bytes) -> float:
        """How long a real card would work on this; a link of a chain but the last costs nothing."""
        last = len(apdu) > 1 and not apdu[0] & _CHAINED
        return self._seconds.get(apdu[1], 0.0) if last else 0.0

    def transmit(self, apdu: bytes) -> bytes:
        """The answer with its status word; a refusal is one too."""
        try:
            asked = self._unchained(_parse(apdu))
            answer = self._perform(asked) if asked else b""
        except (_Refusal, AdministrationRefused) as refusal:
            self._chain = b""
            return refusal.status.to_bytes(2, "big")
        except CardMalformed:
            self._chain = b""
            return Status.WRONG_DATA.to_bytes(2, "big")
        return self._portion(answer, asked.most if asked else 0)

    def _unchained(self, part: _Apdu) -> _Apdu | None:
        if part.cla & ~_CHAINED:
            raise _Refusal(Status.UNKNOWN_CLASS)
        data = self._chain + part.data
        if len(data) > 4096:
            raise _Refusal(Status.WRONG_LENGTH)
        self._chain = data if part.cla & _CHAINED else b""
        return None if part.cla & _CHAINED else _Apdu(0, part.ins, part.p1, part.p2, data, part.most)

    def _perform(self, asked: _Apdu) -> bytes:
        steps: dict[int, Callable[[_Apdu], bytes]] = {
            0xA4: self._select, 0xC0: self._get_response, 0xCB: self._get_data, 0x20: self._verify,
            0x24: self._change_reference, 0x2C: self._reset_retry, 0x87: self._authenticate,
            0x47: self._generate, 0xDB: self._put_data, 0xFF: self._set_management,
        }  # fmt: skip
        step = steps.get(asked.ins)
        if step is None:
            raise _Refusal(Status.UNKNOWN_INSTRUCTION)
        if not self._selected and asked.ins != 0xA4:
            raise _Refusal(Status.NOT_POSSIBLE_NOW)
        fresh, self._just_verified = self._just_verified, False
        if self._contactless and not _over_the_air(asked):
            raise _Refusal(Status.NOT_ALLOWED_YET)
        if asked.ins == 0x87 and asked.p2 == 0x9C and not fresh:
            # The signature key wants its PIN each time, immediately before (SP 800-73-4 part 1, 3.2.1).
            raise _Refusal(Status.NOT_ALLOWED_YET)
        return step(asked)

    def _portion(self, answer: bytes, most: int) -> bytes:
        given, self._rest = answer[:most], answer[most:]
        if self._rest:
            return given + bytes([0x61, min(len(self._rest), 0xFF)])
        return given + Status.OK.to_bytes(2, "big")

    def _select(self, asked: _Apdu) -> bytes:
        named = asked.data
        if asked.p1 != 0x04 or len(named) < 5 or not card_objects.PIV_AID.startswith(named):
            raise _Refusal(Status.NOT_FOUND)
        self._selected = True
        return card_objects.application_template()

    def _get_response(self, asked: _Apdu) -> bytes:
        if not self._rest:
            raise _Refusal(Status.NOT_POSSIBLE_NOW)
        return self._rest

    def _get_data(self, asked: _Apdu) -> bytes:
        if (asked.p1, asked.p2) != (0x3F, 0xFF):
            raise _Refusal(Status.WRONG_P1_P2)
        found = self._objects.get(tlv.find(asked.data, 0x5C))
        if found is None:
            raise _Refusal(Status.NOT_FOUND)
        return found

    def _verify(self, asked: _Apdu) -> bytes:
        if asked.p2 != PIN:
            raise _Refusal(Status.NO_SUCH_KEY)
        if asked.p1 == 0xFF and not asked.data:
            self._verified = False
            return b""
        secret = self._secrets[PIN]
        if not asked.data and not self._verified:
            raise _Refusal(0x63C0 | secret.left if secret.left else Status.PIN_BLOCKED)
        if asked.data:
            self._show(PIN, asked.data)
        return b""

    def _show(self, reference: int, tried: bytes) -> None:
        if len(tried) != 8:
            raise _Refusal(Status.WRONG_DATA)
        status = self._secrets[reference].shown(tried)
        if reference == PIN:
            self._verified = self._just_verified = status == Status.OK
        if status != Status.OK:
            raise _Refusal(status)

    def _change_reference(self, asked: _Apdu) -> bytes:
        if asked.p1 or asked.p2 not in self._secrets:
            raise _Refusal(Status.NO_SUCH_KEY)
        old, new = _two_secrets(asked.data)
        self._show(asked.p2, old)
        self._secrets[asked.p2].renew(new)
        return b""

    def _reset_retry(self, asked: _Apdu) -> bytes:
        if asked.p1 or asked.p2 != PIN:
            raise _Refusal(Status.NO_SUCH_KEY)
        puk, new = _two_secrets(asked.data)
        self._show(PUK, puk)
        self._secrets[PIN].renew(new)
        return b""

    def _generate(self, asked: _Apdu) -> bytes:
        if asked.p1:
            raise _Refusal(Status.WRONG_P1_P2)
        return self._administrator.generate(asked.p2, asked.data)

    def _put_data(self, asked: _Apdu) -> bytes:
        if (asked.p1, asked.p2) != (0x3F, 0xFF):
            raise _Refusal(Status.WRONG_P1_P2)
        self._administrator.put(asked.data)
        return b""

    def _set_management(self, asked: _Apdu) -> bytes:
        if not asked.data:
            raise _Refusal(Status.UNKNOWN_INSTRUCTION)
        self._administrator.change_key(asked.data)
        return b""

    def _authenticate(self, asked: _Apdu) -> bytes:
        if asked.p2 == MANAGEMENT:
            return self._administrator.authenticate(asked.p1, asked.data)
        chip = self._chips.get(asked.p2)
        if chip is None or chip.algorithm != asked.p1:
            raise _Refusal(Status.WRONG_P1_P2)
        if not self._verified and asked.p2 != 0x9E:
            raise _Refusal(Status.NOT_ALLOWED_YET)
        result = chip.compute(tlv.find(tlv.find(asked.data, 0x7C), 0x81))
        if result is None:
            raise _Refusal(Status.WRONG_DATA)
        return tlv.encode(0x7C, tlv.encode(0x82, result))


def _over_the_air(asked: _Apdu) -> bool:
    """What a PIV card does without contact and without a virtual contact interface (SP 800-73-4 part 1,
    tables 2 and 4): it says that it is one, and proves by key 9E which one."""
    if asked.ins == 0xCB:
        open_ones = {card_objects.DISCOVERY, card_objects.CHUID, card_objects.CERTIFICATE_TAGS[0x9E]}
        return tlv.find(asked.data, 0x5C) in open_ones
    return asked.ins in (0xA4, 0xC0) or (asked.ins == 0x87 and asked.p2 == 0x9E)


def _two_secrets(data: bytes) -> tuple[bytes, bytes]:
    """Two blocks of eight bytes; the second must be a PIN: six to eight digits, filled with FF."""
    new = data[8:].rstrip(b"\xff")
    if len(data) != 16 or not 6 <= len(new) <= 8 or not new.isdigit():
        raise _Refusal(Status.WRONG_DATA)
    return data[:8], data[8:]


def _parse(apdu: bytes) -> _Apdu:
    """All cases of ISO 7816-3, 12.1.3, short and extended.

    Hosts that leave out the length they expect get up to 256 bytes all the same, as from real PIV cards.
    """
    if len(apdu) < 4:
        raise _Refusal(Status.WRONG_LENGTH)
    body = apdu[4:]
    if len(body) >= 3 and body[0] == 0:
        data, most = _extended(body[1:])
    elif len(body) <= 1:
        data, most = b"", (body[0] if body else 0) or 256
    else:
        data, most = _cut(body[1:], body[0], {0: lambda _: 256, 1: lambda le: le[0] or 256})
    return _Apdu(apdu[0], apdu[1], apdu[2], apdu[3], data, most)


def _extended(body: bytes) -> tuple[bytes, int]:
    size = int.from_bytes(body[:2], "big")
    if len(body) == 2:
        return b"", size or 65_536
    return _cut(body[2:], size, {0: lambda _: 256, 2: lambda le: int.from_bytes(le, "big") or 65_536})


def _cut(body: bytes, size: int, ends: Mapping[int, Callable[[bytes], int]]) -> tuple[bytes, int]:
    data, end = body[:size], body[size:]
    if len(data) != size or len(end) not in ends:
        raise _Refusal(Status.WRONG_LENGTH)
    return data, ends[len(end)](end)
