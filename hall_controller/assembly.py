"""The only place of wiring: from a configuration to a running hall."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI

from display.access import Access
from display.app import create_app
from display.id_token import Client
from display.openid import OpenIdWire
from display.openid_wire import HttpsWire
from display.serving import Opened, Tls, open_port, serve_on
from firmware_bridge.mqtt_bus import BrokerAddress, MqttBus
from hall_controller import memory
from hall_controller.announcer import Announcer
from hall_controller.broker import EmbeddedBroker
from hall_controller.broker_tls import hall_tls
from hall_controller.bus import HallBus
from hall_controller.card_trust import CardTrust
from hall_controller.clock import Clock, HallClock, utc_now
from hall_controller.config import Located
from hall_controller.faults import BadFile, read_text
from hall_controller.founding import Founding
from hall_controller.given import GivenHall
from hall_controller.hall import Hall
from hall_controller.intake import Intake
from hall_controller.invitations import taking_from
from hall_controller.journal import last_time
from hall_controller.key_files import load_passwords
from hall_controller.prepared import Prepared, prepare
from hall_controller.revocation_watch import RevocationWatch
from hall_controller.seats import Seats
from hall_controller.sessions import SessionKeys
from hall_controller.store import open_reader, open_store
from hall_controller.store.port import LogReader
from hall_controller.supervision import Supervision
from hall_controller.trust_files import TrustFiles


@dataclass(frozen=True, slots=True)
class Running:
    """What a hall says when it is ready."""

    address: str
    """Of the pages."""
    broker_port: int
    vkey: str
    entries: int
    """Already in the log."""


def built_pages(located: Located) -> Path:
    own = located.config.web.pages
    return located.path(own) if own is not None else Path(str(files("display") / "web" / "dist"))


@asynccontextmanager
async def _broker(located: Located) -> AsyncIterator[BrokerAddress]:
    """The hall's own connection to the broker, which is started first where it is the embedded one."""
    section = located.config.broker
    if section.kind == "mqtt":
        assert section.password_file is not None
        password = read_text(located.path(section.password_file)).strip()
        yield BrokerAddress(section.host, section.port, section.username, password, hall_tls(located))
        return
    assert section.passwords is not None
    passwords = load_passwords(located.path(section.passwords))
    if section.username not in passwords:
        raise BadFile(located.path(section.passwords), [f"{section.username} has no password"])
    async with EmbeddedBroker(located.base, passwords, section.port) as broker:
        yield BrokerAddress(section.host, broker.port, section.username, passwords[section.username])


def _opened(located: Located) -> Opened:
    web = located.config.web
    tls = None
    if web.tls_cert is not None and web.tls_key is not None:
        tls = Tls(located.path(web.tls_cert), located.path(web.tls_key))
    return open_port(web.host, web.port, tls)


@dataclass(frozen=True, slots=True)
class _Heart:
    hall: Hall
    reader: LogReader
    """The log, for whoever only reads; the hall's own connection writes."""
    sessions: SessionKeys
    clock: HallClock


async def _heart(located: Located, known: Founding, system: Clock, stack: AsyncExitStack) -> _Heart:
    """The hall with its store; `stack` closes them."""
    store = open_store(located.store_url)
    stack.callback(store.close)
    clock = HallClock(system, not_before=last_time(store))
    hall = await Hall.start(store, known, clock, secrets.token_bytes)
    stack.push_async_callback(hall.close)
    reader = open_reader(located.store_url)
    stack.callback(reader.close)
    sessions = SessionKeys()
    if hall.meeting.sitting is not None:
        await asyncio.to_thread(sessions.read_back, reader, hall.meeting.sitting.id)
    return _Heart(hall, reader, sessions, clock)


@dataclass(frozen=True, slots=True)
class _TowardsSeats:
    bus: HallBus
    seats: Seats
    revocation: RevocationWatch
    intake: Intake
    announcer: Announcer


def _towards_seats(
    located: Located, prepared: Prepared, heart: _Heart, address: BrokerAddress
) -> _TowardsSeats:
    """The bus, who listens on it and who speaks."""
    known, bridges, name = prepared.known, prepared.bridges, located.config.hall.id
    hall, sessions, clock = heart.hall, heart.sessions, heart.clock
    link = MqttBus(address, f"{name}-hall", HallBus.listens_to(name))
    bus = HallBus(link, hall=name, signer=known.signer, epoch=hall.epoch, bridges=bridges, clock=clock)
    trust = CardTrust.standing(known, hall.founded, hall.trust_stores)
    decided = located.path(located.config.trust.decisions)
    revocation = RevocationWatch(TrustFiles.of(located), hall, known, trust, sessions, decided)
    seats = Seats(bridges, clock)
    intake = Intake(
        hall, bus, trust=trust, bridges=bridges, seats=seats,
        sessions=sessions, origin=known.origin, clock=clock, token=secrets.token_bytes,
        officers=located.config.the_officers,
    )  # fmt: skip
    announcer = Announcer(bus, intake, bridges, sessions, known.origin, clock)
    return _TowardsSeats(bus, seats, revocation, intake, announcer)


def _given(located: Located, prepared: Prepared, heart: _Heart, towards: _TowardsSeats) -> GivenHall:
    """The hall as the pages are given it."""
    return GivenHall(
        heart.hall, located.config.hall, prepared.known, plans=prepared.plans, desks=located.config.desk,
        intake=towards.intake, seats=towards.seats, reader=heart.reader,
        bus_connected=lambda: towards.bus.connected, clock_is_right=lambda: not heart.clock.trouble,
        revocation=lambda: towards.revocation.state,
    )  # fmt: skip


def _pages(located: Located, given: GivenHall, clock: HallClock, opened: Opened) -> FastAPI:
    invitations = located.path(located.config.roster.invitations)
    officers = located.config.the_officers
    access = Access(clock, officers, taking_from(invitations, lambda: clock.ahead))
    origins = [opened.address, *located.config.web.origins]
    return create_app(given, access, built_pages(located), origins, clock, _shared_sign_in(located))


def _shared_sign_in(located: Located) -> tuple[Client, OpenIdWire] | None:
    """The state's, where officers use it. Raises BadFile."""
    section = located.config.officers.openid
    if section is None:
        return None
    secret = section.client_secret and read_text(located.path(section.client_secret)).strip()
    client = Client(section.issuer, section.client_id, secret or None, tuple(section.algorithms))
    return client, HttpsWire(None if section.ca is None else located.path(section.ca))


async def run(located: Located, ready: Callable[[Running], None], system: Clock = utc_now) -> None:
    """A hall until cancelled. `ready` is called once it serves. `system`: the clock that it starts from.

    Raises BadFile, StoreFailed, LogBroken, OSError (a port is taken); nothing is left running.
    """
    prepared = prepare(located)
    async with AsyncExitStack() as stack:
        opened = _opened(located)
        stack.callback(opened.socket.close)
        heart = await _heart(located, prepared.known, system, stack)
        address = await stack.enter_async_context(_broker(located))
        towards, hall = _towards_seats(located, prepared, heart, address), heart.hall
        given = _given(located, prepared, heart, towards)
        app = _pages(located, given, heart.clock, opened)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(towards.announcer.run(hall.follow(), hall.meeting))
            tasks.create_task(towards.bus.run(towards.intake))
            tasks.create_task(Supervision(hall, towards.seats).run())
            tasks.create_task(towards.revocation.run())
            tasks.create_task(given.run())
            tasks.create_task(serve_on(app, opened))
            memory.settle()
            ready(Running(opened.address, address.port, prepared.known.vkey, hall.head.size))
