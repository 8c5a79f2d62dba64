"""A real hall and real bridges on any bus, with simulated consoles, cards and a throw-away authority
below."""

import asyncio
import hashlib
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import base64url
from audit.signing import Ed25519Signer
from display.officers import Officers
from firmware_bridge.bridge import Bridge
from firmware_bridge.hall_link import HallLink
from firmware_bridge.links import BusLink, Topics
from firmware_bridge.ports import ConsoleBus, Lamp
from firmware_bridge.serial_bus import SerialBus
from hall_controller.announcer import Announcer
from hall_controller.bridges import Bridges, KnownBridge
from hall_controller.bus import HallBus
from hall_controller.card_trust import CardTrust
from hall_controller.clock import utc_now
from hall_controller.founding import Founding
from hall_controller.hall import Hall
from hall_controller.intake import NOBODY, Intake
from hall_controller.revocation_watch import RevocationWatch
from hall_controller.seats import Seats
from hall_controller.sessions import SessionKeys
from hall_controller.store.port import Store
from hall_controller.store.sqlite import open_sqlite
from hall_controller.submission import Recorded, Submission
from hall_controller.trust_files import TrustFiles
from simulators.authority import Authority
from simulators.bus import SimulatedBus
from simulators.card import SimulatedCard
from simulators.console import SeatUnit
from simulators.panel import SimulatedPanel
from simulators.readers import SimulatedReaders
from simulators.serial_row import SimulatedRow
from tests.hall_controller.chamber import BOOK, BY, OFFICER, ORIGIN, question
from voting import commands as c
from voting.ids import MemberId, SeatId, SittingId, VoteId
from voting.members import Member

HALL = "dien-hong"
PATIENCE_S = 20.0
LinkFor = Callable[[str, Sequence[str], tuple[str, bytes] | None], BusLink]
"""(user, topics to listen to, will) → a connection as that user."""


def on_simulated(bus: SimulatedBus) -> LinkFor:
    return lambda user, listen_to, will: bus.link(listen_to, will=will)


async def until(true: Callable[[], object], patience_s: float = PATIENCE_S) -> None:
    """Waits for something that is bound to come; an assertion fails where it doesn't."""
    end = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.005)


@dataclass(slots=True)
class PlaceHere:
    """A unit with its reader: a member's seat, or a registrar's desk."""

    seat: str
    unit: SeatUnit
    readers: SimulatedReaders

    async def type_pin(self, pin: str = "123456") -> None:
        await asyncio.wait_for(self.readers.pad_asks(self.seat), PATIENCE_S)
        assert self.readers.type_pin(self.seat, pin)

    def press(self, key: Any) -> None:
        self.unit.press(key, time.monotonic())

    @property
    def text(self) -> str:
        return " / ".join(line.strip() for line in self.unit.lines).strip(" /")

    @property
    def steady(self) -> bool:
        return Lamp.STEADY in self.unit.lamps


@dataclass(slots=True)
class SeatHere(PlaceHere):
    """A member, the seat's unit, and the card."""

    member: Member
    card: SimulatedCard
    certificate: bytes

    async def sign_in(self, pin: str = "123456") -> None:
        if self.readers.card_in(self.seat) is None:
            self.readers.insert(self.seat, self.card)
        await self.type_pin(pin)


@dataclass(slots=True)
class Row:
    """One bridge with what is below it, and its part of the bus."""

    name: str
    seats: list[SeatHere]
    consoles: ConsoleBus
    simulated: SimulatedRow | None
    readers: SimulatedReaders
    signer: Ed25519Signer
    desk: PlaceHere | None = None
    bridge: Bridge | None = None
    link: HallLink | None = None
    task: asyncio.Task[None] | None = None

    @property
    def places(self) -> list[PlaceHere]:
        return [*self.seats, *([] if self.desk is None else [self.desk])]


@dataclass(slots=True)
class Controller:
    hall: Hall
    bus: HallBus
    intake: Intake
    seats: Seats
    revocation: RevocationWatch
    """Looks when it is told to, at `crl.der`."""
    tasks: list[asyncio.Task[None]]


class HallOnBus:
    """`rows`: seats of each serial row; `network`: how many network consoles; `desks`: of the registrar.

    `async with` serves all of it.
    """

    def __init__(
        self,
        directory: Path,
        link_for: LinkFor,
        *,
        rows: Sequence[int] = (),
        network: int = 0,
        desks: int = 0,
        book: str = BOOK,
        pads: bool = True,
        officers: Officers = NOBODY,
    ) -> None:
        self.directory = directory
        self.link_for = link_for
        self.book = book
        self.pads = pads
        """Whether the readers have keys for the PIN."""
        self.authority = Authority(utc_now())
        self.signer = Ed25519Signer(Ed25519PrivateKey.generate())
        self.rows: list[Row] = []
        self._stack = AsyncExitStack()
        self._plan = [*rows, *[1] * network]
        self._serial = len(rows)
        self._desks = desks
        self._officers = officers
        self.controller: Controller | None = None

    async def __aenter__(self) -> "HallOnBus":
        number = 1
        for index, size in enumerate(self._plan):
            self.rows.append(self._row(index, number, size, serial=index < self._serial))
            number += size
        self.rows += [self._desk(n) for n in range(1, self._desks + 1)]
        for row in self.rows:
            if row.simulated is not None:
                self._background(row.simulated.run())
        await self.start_controller()
        for row in self.rows:
            self.start_bridge(row)
        return self

    async def __aexit__(self, *_: object) -> None:
        for row in self.rows:
            await self.stop_bridge(row)
        await self.stop_controller()
        await self._stack.aclose()

    def names(self) -> list[str]:
        """Of the bridges that the plan gives."""
        firsts = [1 + sum(self._plan[:index]) for index in range(len(self._plan))]
        return [
            f"row-{index + 1:02}" if index < self._serial else f"console-{first:03}"
            for index, first in enumerate(firsts)
        ]

    def now(self) -> datetime:
        return utc_now()

    @property
    def hall(self) -> Hall:
        assert self.controller is not None
        return self.controller.hall

    @property
    def everybody(self) -> list[SeatHere]:
        return [seat for row in self.rows for seat in row.seats]

    # -- people and things -----------------------------------------------------------------------------

    def _row(self, index: int, first: int, size: int, *, serial: bool) -> Row:
        numbers = range(first, first + size)
        readers = SimulatedReaders([f"{n:03}" for n in numbers], pads=self.pads)
        units = [SeatUnit(n - first + 1, f"DH-{n:04}", console_key(n)) for n in numbers]
        seats = [self._seat(n, unit, readers) for n, unit in zip(numbers, units, strict=True)]
        signer = Ed25519Signer(Ed25519PrivateKey.generate())
        if not serial:
            return Row(f"console-{first:03}", seats, SimulatedPanel(units[0]), None, readers, signer)
        row = SimulatedRow(units, baudrate=921_600)
        keys = {unit.address: console_key(n) for n, unit in zip(numbers, units, strict=True)}
        consoles = SerialBus(row.url, keys, baudrate=921_600)
        return Row(f"row-{index + 1:02}", seats, consoles, row, readers, signer)

    def _seat(self, number: int, unit: SeatUnit, readers: SimulatedReaders) -> SeatHere:
        member = Member(MemberId(f"m{number:03}"), f"Nguyễn Văn {number}", "Hà Nội", date(2021, 7, 20))
        credential = self.authority.issue(member.id, member.name, utc_now())
        card = SimulatedCard({0x9A: credential})
        return SeatHere(f"{number:03}", unit, readers, member, card, credential.certificate)

    def _desk(self, number: int) -> Row:
        name = f"desk-{number}"
        readers = SimulatedReaders([name], pads=self.pads)
        unit = SeatUnit(1, f"DH-D{number}", console_key(9000 + number))
        signer = Ed25519Signer(Ed25519PrivateKey.generate())
        desk = PlaceHere(name, unit, readers)
        return Row(name, [], SimulatedPanel(unit), None, readers, signer, desk)

    @property
    def desk(self) -> PlaceHere:
        """The first one."""
        return next(row.desk for row in self.rows if row.desk is not None)

    def known_bridges(self) -> Bridges:
        return Bridges.of(
            (
                KnownBridge(row.name, row.signer.public_key, tuple(place.seat for place in row.places))
                for row in self.rows
            ),
            [row.desk.seat for row in self.rows if row.desk is not None],
        )

    # -- processes -------------------------------------------------------------------------------------

    async def start_controller(self, store: Store | None = None) -> None:
        now = utc_now()
        known = Founding(ORIGIN, self.signer, (self.authority.root,), (self.authority.crl(now),))
        store = store or open_sqlite(self.directory / "log.db")
        hall = await Hall.start(store, known, utc_now, secrets.token_bytes)
        bridges = self.known_bridges()
        link = self.link_for("hall", HallBus.listens_to(HALL), None)
        bus = HallBus(link, hall=HALL, signer=self.signer, epoch=hall.epoch, bridges=bridges, clock=utc_now)
        seats, sessions = Seats(bridges, utc_now), SessionKeys()
        if hall.meeting.sitting is not None:
            sessions.read_back(store, hall.meeting.sitting.id)
        trust = CardTrust.standing(known, hall.founded)
        files, decided = TrustFiles((self.directory / "crl.der",)), self.directory / "decisions"
        revocation = RevocationWatch(files, hall, known, trust, sessions, decided)
        intake = Intake(
            hall, bus, trust=trust, bridges=bridges, seats=seats,
            sessions=sessions, origin=ORIGIN, clock=utc_now, token=secrets.token_bytes,
            officers=self._officers,
        )  # fmt: skip
        announcer = Announcer(bus, intake, bridges, sessions, ORIGIN, utc_now)
        run = asyncio.get_running_loop().create_task
        tasks = [run(announcer.run(hall.follow(), hall.meeting)), run(bus.run(intake))]
        self.controller = Controller(hall, bus, intake, seats, revocation, tasks)

    async def stop_controller(self) -> None:
        if self.controller is not None:
            await stopped(self.controller.tasks)
            await self.controller.hall.close()
            self.controller = None

    def start_bridge(self, row: Row) -> None:
        topics = Topics(HALL)
        link = self.link_for(
            row.name, [topics.down(row.name), topics.to_all], (topics.will(row.name), b"gone")
        )
        row.link = HallLink(
            link, hall=HALL, bridge=row.name, signer=row.signer, hall_keys=[self.signer.public_key],
            boot=base64url.encode(secrets.token_bytes(9)), clock=utc_now,
        )  # fmt: skip
        addresses = {place.seat: place.unit.address for place in row.places}
        row.bridge = Bridge(addresses, row.consoles, row.readers, row.link, token=secrets.token_bytes)
        row.task = asyncio.get_running_loop().create_task(row.bridge.run())

    async def stop_bridge(self, row: Row) -> None:
        if row.task is not None:
            await stopped([row.task])
            row.task = None

    async def restart_controller(self) -> None:
        await self.stop_controller()
        await self.start_controller()

    def strangers_card(self, seat: SeatHere) -> SimulatedCard:
        """A card that names the same member, from an authority that nobody knows."""
        elsewhere = Authority(utc_now())
        return SimulatedCard({0x9A: elsewhere.issue(seat.member.id, seat.member.name, utc_now())})

    def armed(self, here: SeatHere) -> bool:
        """The seat's console has been told that its keys vote."""
        row = next(row for row in self.rows if here in row.seats)
        seat = row.bridge.row.seat(here.seat) if row.bridge is not None else None
        return seat is not None and seat.may_press() and "TT  " in here.text

    def all_armed(self) -> bool:
        return all(self.armed(seat) for seat in self.everybody)

    def effective(self, here: SeatHere, vote: str = "v1") -> tuple[str, int] | None:
        """The member's choice that counts, and its revision."""
        found = self.hall.meeting.votes[VoteId(vote)].ballots.get(here.member.id)
        return None if found is None else (found.choice, found.rev)

    def _background(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._stack.push_async_callback(stopped, [task])

    # -- what officers do ------------------------------------------------------------------------------

    async def act(self, command: c.Command) -> Recorded:
        return await self.hall.submit(Submission(command, OFFICER))

    async def open_sitting(self, sitting: str = "s1") -> None:
        members = tuple(seat.member for seat in self.everybody)
        seating = {seat.member.id: SeatId(seat.seat) for seat in self.everybody}
        title = {"vi": "Phiên họp toàn thể", "en": "Plenary"}
        await self.act(
            c.OpenSitting(SittingId(sitting), date(2026, 11, 21), title, self.book, members, seating, BY)
        )

    async def open_mobile(self, *seats: SeatHere) -> None:
        """The chair lets these members vote by phone: nobody may, unless it was opened."""
        await self.act(c.OpenMobile(tuple(seat.member.id for seat in seats), "họp từ xa", BY))

    async def all_signed_in(self) -> None:
        await asyncio.gather(*(seat.sign_in() for seat in self.everybody))
        await until(lambda: len(self.hall.meeting.attendance.sessions) == len(self.everybody))
        await until(lambda: all("KINH CHAO" in seat.text for seat in self.everybody))

    async def all_signed_in_again(self, *seats: SeatHere) -> None:
        """On a bridge that was restarted: the cards are still in, its keys are gone."""
        old = set(self.hall.meeting.attendance.sessions)
        await asyncio.gather(*(seat.sign_in() for seat in seats))
        await until(lambda: len(set(self.hall.meeting.attendance.sessions) - old) == len(seats))

    async def announce(self, vote: str = "v1") -> None:
        await self.act(c.AnnounceVote(VoteId(vote), question(), BY))

    async def open_vote(self, vote: str = "v1", duration_s: int = 300) -> None:
        await self.announce(vote)
        await self.open_announced(vote, duration_s)

    async def open_announced(self, vote: str = "v1", duration_s: int = 300) -> None:
        await self.act(c.OpenVote(VoteId(vote), base64url.encode(secrets.token_bytes(16)), BY, duration_s))

    def recorded(self, vote: str = "v1") -> int:
        return self.hall.meeting.votes[VoteId(vote)].recorded_members


def console_key(number: int) -> bytes:
    return hashlib.sha256(f"console {number}".encode()).digest()[:16]


async def stopped(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
