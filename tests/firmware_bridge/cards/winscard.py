"""A PC/SC of our own making, for what vpcd can't show: a PIN pad, T=0, hiccups of readers and of pcscd.

Same calls, results and constants as `smartcard.scard`; behind it one simulated card in one reader.
"""

from typing import Any

from firmware_bridge.cards.pin_pad import MODIFY_PIN_DIRECT, VERIFY_PIN_DIRECT
from simulators.card import SimulatedCard

READER = "Hall reader with keys 00 00"
PAD_CODE, MODIFY_CODE = 0x42330006, 0x42330007
REMOVED, BUSY, MUTE, NO_SERVICE = 0x80100069, 0x8010000B, 0x80100066, 0x8010001D


class Winscard:
    SCARD_SCOPE_SYSTEM = 2
    SCARD_PROTOCOL_T0, SCARD_PROTOCOL_T1 = 1, 2
    SCARD_SHARE_EXCLUSIVE = 1
    SCARD_RESET_CARD = 1

    def __init__(
        self, card: SimulatedCard, *, typed: str | None = None, protocol: int = 2, fails: int = 0
    ) -> None:
        self.card = card
        self.typed = typed
        self.fails = fails
        self.calls: list[tuple[str, Any]] = []
        self._protocol = protocol

    def SCARD_CTL_CODE(self, code: int) -> int:
        return 0x42000000 + code

    def SCardGetErrorMessage(self, code: int) -> str:
        return f"error {code:X}"

    def SCardEstablishContext(self, scope: int) -> list[Any]:
        return [0, "context"]

    def SCardReleaseContext(self, context: Any) -> list[Any]:
        self.calls.append(("release", context))
        return [0]

    def SCardListReaders(self, context: Any, groups: list[str]) -> list[Any]:
        return [0, [READER]]

    def SCardConnect(self, context: Any, reader: str, mode: int, protocols: int) -> list[Any]:
        self.calls.append(("connect", mode))
        return [self.fails, "card", self._protocol]

    def SCardDisconnect(self, card: Any, disposition: int) -> list[Any]:
        self.calls.append(("disconnect", disposition))
        self.card.reset()
        return [0]

    def SCardTransmit(self, card: Any, protocol: int, apdu: list[int]) -> list[Any]:
        self.calls.append(("transmit", bytes(apdu)))
        return [0, [byte - 256 if byte > 127 else byte for byte in self.card.transmit(bytes(apdu))]]

    def SCardControl(self, card: Any, code: int, data: list[int]) -> list[Any]:
        if self.typed is None:
            return [0x80100016, []]
        if code == self.SCARD_CTL_CODE(3400):
            verify = [VERIFY_PIN_DIRECT, 4, *PAD_CODE.to_bytes(4, "big")]
            return [0, [*verify, MODIFY_PIN_DIRECT, 4, *MODIFY_CODE.to_bytes(4, "big")]]
        self.calls.append(("pad", bytes(data)))
        # The reader puts the digits where the structure says: behind the header, or behind the PUK.
        command = bytes(data)[19:24] if code == PAD_CODE else bytes(data)[24:37]
        apdu = command + self.typed.encode().ljust(8, b"\xff")
        return [0, list(self.card.transmit(apdu))]
