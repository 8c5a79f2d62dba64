"""An authority and its station, for tests: people who answer what they were told to."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from firmware_bridge.cards.errors import CardGone
from firmware_bridge.cards.management_key import ManagementAlgorithm
from firmware_bridge.cards.piv import Pad
from firmware_bridge.ports import StationConnection
from hall_controller.pki.authority import Authority
from hall_controller.pki.founding import found
from hall_controller.pki.register import Card
from hall_controller.pki.settings import Settings
from hall_controller.pki.station import Order, Station
from simulators.card import SimulatedCard
from simulators.readers import SimulatedReaders

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
PASSPHRASE = "mười hai ký tự trở lên"
BY = "reg-1"
SETTINGS = Settings(name="CA dùng thử", organisation="Hội đồng nhân dân mẫu", country="VN")
ORDER = Order("m1", "Nguyễn Thị Đại Biểu")
PIN = b"271828"


def founded(folder: Path) -> Path:
    found(folder, SETTINGS, PASSPHRASE, AT, BY)
    return folder


def opened(folder: Path, passphrase: str = PASSPHRASE) -> Authority:
    return Authority(folder, passphrase, BY)


@dataclass
class Clerk:
    """The desk's people."""

    sure: bool = True
    pin: bytes | Pad = PIN
    key: bytes | None = None
    puk: bytes | None = None
    told: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def tell(self, step: str, **facts: str) -> None:
        self.told.append(step)

    def confirm(self, question: str, **facts: str) -> bool:
        self.asked.append(question)
        return self.sure

    def new_pin(self) -> bytes | Pad:
        return self.pin

    def transport_key(self, algorithm: ManagementAlgorithm) -> bytes | None:
        return self.key

    def transport_puk(self) -> bytes | None:
        return self.puk


class Clock:
    """A second passes with every look."""

    def __init__(self, at: datetime = AT) -> None:
        self.at = at

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


class ShortLived:
    """A connection whose card is pulled before, or after, its n-th command reaches it."""

    def __init__(self, connection: StationConnection, commands: int, done: bool) -> None:
        self._connection, self._left, self._done = connection, commands, done

    async def transmit(self, apdu: bytes) -> bytes:
        self._left -= 1
        if self._left < 0:
            if self._done and self._left == -1:
                await self._connection.transmit(apdu)
            raise CardGone("pulled")
        return await self._connection.transmit(apdu)

    async def verify_pin_on_pad(self) -> bytes | None:
        return await self._connection.verify_pin_on_pad()

    async def set_pin_on_pad(self, puk: bytes) -> bytes | None:
        return await self._connection.set_pin_on_pad(puk)

    async def close(self) -> None:
        await self._connection.close()


async def powered(card: SimulatedCard, pads: bool = False) -> StationConnection:
    readers = SimulatedReaders(["desk"], pads=pads)
    readers.insert("desk", card)
    return await readers.connect("desk")


async def personalise(
    authority: Authority, card: SimulatedCard, order: Order = ORDER, clerk: Clerk | None = None,
    clock: Clock | None = None,
) -> Card:  # fmt: skip
    station = Station(authority, await powered(card), clerk or Clerk(), clock or Clock())
    return await station.personalise(order)
