"""The hall's configuration: one `hall.toml`, every fault named at once.

Paths in it are relative to the file. Secrets are never in it: it names the files that hold them.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from audit.test_mode import ORIGIN_END, is_test_origin
from display.officers import Officers
from firmware_bridge.config import is_loopback
from hall_controller.bilingual import Bilingual
from hall_controller.desks import DeskSection, twice
from hall_controller.faults import BadFile, read_text
from hall_controller.officers import OfficerSection, OfficersSection, officers_of
from hall_controller.officers import faults as officers_faults
from hall_controller.trust_section import TrustSection

HallId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Origin = Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+/[a-z0-9-]+/\d{4}$")]


@dataclass(frozen=True, slots=True)
class Clash:
    """Fields that are right alone and wrong together, or beyond what a type says."""

    fields: frozenset[str]
    said: str


class _Clashes(ValueError):
    def __init__(self, found: list[Clash]) -> None:
        self.found = found
        super().__init__("; ".join(one.said for one in found))


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    def clashes(self) -> list[Clash]:
        return []

    @model_validator(mode="after")
    def _without_clashes(self) -> Self:
        if found := self.clashes():
            raise _Clashes(found)
        return self


def _clash(wrong: bool, fields: str, said: str) -> list[Clash]:
    return [Clash(frozenset(fields.split()), said)] if wrong else []


class HallSection(_Section):
    id: HallId
    """The hall's name on the bus."""
    origin: Origin
    """`<domain>/<hall>/<year>`: the log's name, part of every signature."""
    name: Bilingual
    test: bool = False
    """A hall for trying things out: said so on every screen."""

    def clashes(self) -> list[Clash]:
        """Its log has a name of its own, so that nothing of it can be taken for a result."""
        said = (
            f"with test = true the hall's part of the origin ends in {ORIGIN_END}"
            if self.test
            else f"an origin whose hall ends in {ORIGIN_END} is for trying things out: test = true"
        )
        # Asked of what is right beside what is wrong, so an origin may be missing.
        origin = getattr(self, "origin", None)
        return _clash(origin is not None and is_test_origin(origin) != self.test, "origin test", said)


class StoreSection(_Section):
    url: str = Field(pattern=r"^(sqlite:///|postgresql\+psycopg://)")


class KeysSection(_Section):
    log: Annotated[str, StringConstraints(pattern=r"^pkcs11:")] | Path
    """The Ed25519 key that signs checkpoints, receipts, results and messages to bridges: a file in PEM,
    or the PKCS#11 URI of a key on a token (RFC 7512)."""
    log_pin_file: Path | None = None
    """The token's PIN; left out, it is asked for at the terminal."""

    def clashes(self) -> list[Clash]:
        alone = self.log_pin_file is not None and isinstance(self.log, Path)
        return _clash(alone, "log log_pin_file", "log_pin_file goes with a key on a token (pkcs11:…)")


class BrokerSection(_Section):
    kind: Literal["embedded", "mqtt"] = "embedded"
    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65535)
    """0 with the embedded broker: a free port."""
    username: str = "hall"
    password_file: Path | None = None
    """The hall's own password at an outside broker."""
    passwords: Path | None = None
    """Everybody's, by user name, as TOML: what the embedded broker and `hall broker-config` need."""
    tls_ca: Path | None = None
    tls_cert: Path | None = None
    """What the hall shows of itself, with its key, to a broker that wants certificates."""
    tls_key: Path | None = None

    def clashes(self) -> list[Clash]:
        """The passwords that are needed; no clear text on a network."""
        outside, network = self.kind == "mqtt", not is_loopback(self.host)
        return [
            *_clash(
                not outside and self.passwords is None,
                "kind passwords",
                "the embedded broker needs passwords",
            ),
            *_clash(
                outside and self.password_file is None,
                "kind password_file",
                "an outside broker needs password_file",
            ),
            *_clash(
                not outside and network,
                "kind host",
                "the embedded broker serves loopback only: use Mosquitto for a network",
            ),
            *_clash(outside and self.port == 0, "kind port", "an outside broker needs its port"),
            *_clash(
                outside and network and self.tls_ca is None,
                "kind host tls_ca",
                "tls_ca is needed for a broker that is not on loopback",
            ),
            *_clash(
                (self.tls_cert is None) != (self.tls_key is None),
                "tls_cert tls_key",
                "tls_cert and tls_key go together",
            ),
            *_clash(
                self.tls_cert is not None and self.tls_ca is None,
                "tls_cert tls_ca",
                "a certificate is shown by TLS only: tls_ca is needed",
            ),
        ]


def _is_clear_text(origin: str) -> bool:
    return origin.startswith("http:") and not is_loopback(urlsplit(origin).hostname or "")


class WebSection(_Section):
    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65535)
    tls_cert: Path | None = None
    tls_key: Path | None = None
    origins: list[Annotated[str, StringConstraints(pattern=r"^https?://[^/]+$")]] = []
    """As browsers say the hall's address, where it isn't host and port: https://hall.example."""
    pages: Path | None = None
    """The built pages; None: those that came with the installation."""

    def clashes(self) -> list[Clash]:
        """HTTPS on anything but loopback, also where something before the hall gives it."""
        alone = (self.tls_cert is None) != (self.tls_key is None)
        bare = not is_loopback(self.host) and self.tls_cert is None
        said = "beyond loopback pages are served by HTTPS: tls_cert and tls_key are needed"
        return [
            *_clash(alone, "tls_cert tls_key", "tls_cert and tls_key go together"),
            *_clash(bare and not alone, "host tls_cert", said),
            *(
                one
                for origin in self.origins
                for one in _clash(
                    _is_clear_text(origin), "origins", f"{origin} must be https: it is not on loopback"
                )
            ),
        ]


class RosterSection(_Section):
    members: Path
    seats: Path
    bridges: Path
    programme: Path
    seating: Path | None = None
    """Who sits where from when to when; without it the members' own seats count, for all days."""
    invitations: Path = Path("invitations")
    """A folder, readable by the hall alone, where `hall invite` leaves what a code opens."""


class HallConfig(_Section):
    hall: HallSection
    store: StoreSection
    keys: KeysSection
    trust: TrustSection
    broker: BrokerSection
    web: WebSection = WebSection()
    roster: RosterSection
    desk: list[DeskSection] = []
    officers: OfficersSection = OfficersSection()
    officer: list[OfficerSection] = []

    @property
    def the_officers(self) -> Officers:
        """Who they are and what holds of them, as the pages are given it."""
        return officers_of(self.officers, self.officer, test=self.hall.test, desks=self.officers_desks)

    @property
    def officers_desks(self) -> list[str]:
        return [desk.id for desk in self.desk if desk.serves == "officers"]

    def clashes(self) -> list[Clash]:
        between = officers_faults(
            self.officers, self.officer, test=self.hall.test, desks=self.officers_desks
        )
        return [
            *(one for id in twice(self.desk) for one in _clash(True, "desk", f"desk {id} stands twice")),
            *(one for said in between for one in _clash(True, "officers officer", said)),
        ]


@dataclass(frozen=True, slots=True)
class Located:
    """A configuration and the folder that its paths are relative to."""

    config: HallConfig
    base: Path
    file: Path
    """The configuration itself, as it was asked for."""

    def path(self, relative: Path) -> Path:
        return self.base / relative

    @property
    def store_url(self) -> str:
        url = self.config.store.url
        file = url.removeprefix("sqlite:///")
        return url if file == url else f"sqlite:///{self.base / file}"


_FILES = (
    "keys.log", "keys.log_pin_file", "trust.ca", "trust.crl", "trust.ocsp",
    "roster.members", "roster.seats", "roster.bridges", "roster.programme",
    "broker.password_file", "broker.passwords", "broker.tls_ca", "broker.tls_cert", "broker.tls_key",
    "web.tls_cert", "web.tls_key", "officers.openid.client_secret", "officers.openid.ca",
)  # fmt: skip


def _named_paths(raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Of what was written, right or wrong elsewhere: a file that is missing is missing all the same."""
    for place in _FILES:
        named: Any = raw
        for part in place.split("."):
            named = named.get(part) if isinstance(named, Mapping) else None
        if isinstance(named, list):
            yield from ((f"{place}[{i}]", one) for i, one in enumerate(named) if isinstance(one, str))
        elif isinstance(named, str) and not named.startswith("pkcs11:"):
            yield place, named


def _in_words(error: ValidationError) -> Iterator[str]:
    for fault in error.errors():
        place = ".".join(str(part) for part in fault["loc"]) or "file"
        cause = fault.get("ctx", {}).get("error")
        if isinstance(cause, _Clashes):
            yield from (f"{place}: {one.said}" for one in cause.found)
        else:
            yield f"{place}: {fault['msg'].removeprefix('Value error, ')}"


def _clashes_beside(raw: Mapping[str, Any], error: ValidationError) -> Iterator[str]:
    """In sections with a faulty field: those of the other fields. Pydantic stops at the first kind."""
    for name, field in HallConfig.model_fields.items():
        model = field.annotation
        faulty = {
            str(one["loc"][1])
            for one in error.errors()
            if one["loc"][:1] == (name,) and len(one["loc"]) > 1
        }
        if not faulty or not isinstance(model, type) or not issubclass(model, _Section):
            continue
        right = {
            key: raw[name][key] for key in model.model_fields if key in raw[name] and key not in faulty
        }
        found = model.model_construct(**right).clashes()
        yield from (f"{name}: {one.said}" for one in found if not one.fields & faulty)


def load(path: Path) -> Located:
    """Reads `hall.toml`. Raises BadFile with every fault: unknown, missing, wrong, or naming no file."""
    try:
        raw = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise BadFile(path, [f"is not TOML: {error}"]) from error
    base = path.resolve().parent
    config, faults = None, list[str]()
    try:
        config = HallConfig.model_validate(raw)
    except ValidationError as error:
        faults = [*_in_words(error), *_clashes_beside(raw, error)]
    faults += [
        f"{name}: there is no file {base / named}"
        for name, named in _named_paths(raw)
        if not (base / named).is_file()
    ]
    if config is None or faults:
        raise BadFile(path, faults)
    return Located(config, base, path)
