"""The only place of wiring: from a configuration to a running hall."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from display.access import Access
from display.app import create_app
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
from hall_controller.given import GivenHall
from hall_controller.hall import Hall
from hall_controller.intake import Intake
from hall_controller.invitations import taking_from
from hall_controller.journal import last_time
from hall_controller.key_files import load_passwords
from hall_controller.prepared import prepare
from hall_controller.revocation_watch import RevocationWatch
from hall_controller.seats import Seats
from hall_controller.sessions import SessionKeys
from hall_controller.store import open_reader, open_store
from hall_controller.supervision import Supervision


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


async def run(located: Located, ready: Callable[[Running], None], system: Clock = utc_now) -> None:
    """A hall until cancelled. `ready` is called once it serves. `system`: the clock that it starts from.

    Raises BadFile, StoreFailed, LogBroken, OSError (a port is taken); nothing is left running.
    """
    config, token = located.config, secrets.token_bytes
    prepared = prepare(located)
    known, bridges = prepared.known, prepared.bridges
    async with AsyncExitStack() as stack:
        opened = _opened(located)
        stack.callback(opened.socket.close)
        store = open_store(located.store_url)
        stack.callback(store.close)
        clock = HallClock(system, not_before=last_time(store))
        hall = await Hall.start(store, known, clock, token)
        stack.push_async_callback(hall.close)
        reader = open_reader(located.store_url)
        stack.callback(reader.close)
        sessions = SessionKeys()
        if hall.meeting.sitting is not None:
            await asyncio.to_thread(sessions.read_back, reader, hall.meeting.sitting.id)
        address = await stack.enter_async_context(_broker(located))
        seats = Seats(bridges)
        link = MqttBus(address, f"{config.hall.id}-hall", HallBus.listens_to(config.hall.id))
        bus = HallBus(
            link, hall=config.hall.id, signer=known.signer, epoch=hall.epoch, bridges=bridges, clock=clock
        )
        trust = CardTrust(known.ca, hall.revocation_lists)
        lists = tuple(map(located.path, config.trust.crl))
        revocation = RevocationWatch(lists, hall, known, trust, sessions)
        intake = Intake(
            hall, bus, trust=trust, bridges=bridges, seats=seats,
            sessions=sessions, origin=known.origin, clock=clock, token=token,
        )  # fmt: skip
        announcer = Announcer(bus, intake, bridges, sessions, known.origin, clock)
        given = GivenHall(
            hall, config.hall, known, plans=prepared.plans, desks=config.desk, intake=intake,
            seats=seats, reader=reader, bus_connected=lambda: bus.connected,
            clock_is_right=lambda: not clock.trouble, revocation=lambda: revocation.state,
        )  # fmt: skip
        invitations = located.path(config.roster.invitations)
        access = Access(clock, taking_from(invitations, lambda: clock.ahead))
        app = create_app(given, access, built_pages(located), [opened.address, *config.web.origins], clock)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(announcer.run(hall.follow(), hall.meeting))
            tasks.create_task(bus.run(intake))
            tasks.create_task(Supervision(hall).run())
            tasks.create_task(revocation.run())
            tasks.create_task(given.run())
            tasks.create_task(serve_on(app, opened))
            memory.settle()
            ready(Running(opened.address, address.port, known.vkey, hall.head.size))
