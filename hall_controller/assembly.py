"""The only place of wiring: from a configuration to a running hall."""

import asyncio
import secrets
import tomllib
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from audit.signing import Ed25519Signer, Signer
from audit.trust import TrustStore, certificates
from display.access import Access
from display.app import create_app
from display.serving import Opened, Tls, open_port, serve_on
from firmware_bridge.mqtt_bus import BrokerAddress, MqttBus
from hall_controller import bridges as bridges_file
from hall_controller import memory, programme, roster
from hall_controller.announcer import Announcer
from hall_controller.broker import EmbeddedBroker
from hall_controller.broker_tls import bus_tls
from hall_controller.bus import HallBus
from hall_controller.clock import Clock, HallClock, utc_now
from hall_controller.config import Located
from hall_controller.faults import BadFile, read_text
from hall_controller.founding import Founding
from hall_controller.given import GivenHall
from hall_controller.hall import Hall
from hall_controller.intake import Intake
from hall_controller.invitations import taking_from
from hall_controller.journal import last_time
from hall_controller.planned import Plans
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


def load_signer(path: Path) -> Signer:
    """The hall's Ed25519 key. Raises BadFile."""
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise BadFile(path, [f"holds no private key in PEM: {error}"]) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadFile(path, ["holds a key that is not Ed25519"])
    return Ed25519Signer(key)


def load_founding(located: Located) -> Founding:
    """Whose log it is, from the configuration's files. Raises BadFile."""
    config = located.config
    roots = [der for path in config.trust.ca for der in certificates(read_text(located.path(path)))]
    crls = [_crl(located.path(path)) for path in config.trust.crl]
    signer = load_signer(located.path(config.keys.log))
    return Founding(config.hall.origin, signer, tuple(roots), tuple(crls))


def _crl(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        load = x509.load_pem_x509_crl if data.startswith(b"-----") else x509.load_der_x509_crl
        return load(data).public_bytes(Encoding.DER)
    except (OSError, ValueError) as error:
        raise BadFile(path, [f"is no certificate revocation list: {error}"]) from error


def load_passwords(path: Path) -> dict[str, str]:
    """Everybody's at the broker, by user name. Raises BadFile."""
    try:
        raw = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise BadFile(path, [f"is not TOML: {error}"]) from error
    faults = [
        f"{user} has no password" for user, word in raw.items() if not isinstance(word, str) or not word
    ]
    if faults:
        raise BadFile(path, faults)
    return raw


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
        tls = None if section.tls_ca is None else bus_tls(located.path(section.tls_ca))
        yield BrokerAddress(section.host, section.port, section.username, password, tls)
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
    known = load_founding(located)
    bridges = bridges_file.load(located.path(config.roster.bridges))
    people = roster.load(located.path(config.roster.members), located.path(config.roster.seats))
    planned = programme.load(located.path(config.roster.programme))
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
        intake = Intake(
            hall, bus, trust=TrustStore(known.ca, known.crl), bridges=bridges, seats=seats,
            sessions=sessions, origin=known.origin, clock=clock, token=token,
        )  # fmt: skip
        announcer = Announcer(bus, intake, bridges, sessions, known.origin, clock)
        given = GivenHall(
            hall, config.hall, known, plans=Plans(planned, people, located.base), intake=intake,
            seats=seats, reader=reader, bus_connected=lambda: bus.connected,
            clock_is_right=lambda: not clock.trouble,
        )  # fmt: skip
        invitations = located.path(config.roster.invitations)
        access = Access(clock, taking_from(invitations, lambda: clock.ahead))
        app = create_app(given, access, built_pages(located), [opened.address, *config.web.origins], clock)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(announcer.run(hall.follow(), hall.meeting))
            tasks.create_task(bus.run(intake))
            tasks.create_task(Supervision(hall).run())
            tasks.create_task(given.run())
            tasks.create_task(serve_on(app, opened))
            memory.settle()
            ready(Running(opened.address, address.port, known.vkey, hall.head.size))
