"""The hall's configuration: one `hall.toml`, every fault named at once.

Paths in it are relative to the file. Secrets are never in it: it names the files that hold them.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from firmware_bridge.config import is_loopback
from hall_controller.bilingual import Bilingual
from hall_controller.faults import BadFile, read_text

HallId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
Origin = Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+/[a-z0-9-]+/\d{4}$")]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HallSection(_Section):
    id: HallId
    """The hall's name on the bus."""
    origin: Origin
    """`<domain>/<hall>/<year>`: the log's name, part of every signature."""
    name: Bilingual
    test: bool = False
    """A hall for trying things out: said so on every screen."""


class StoreSection(_Section):
    url: str = Field(pattern=r"^(sqlite:///|postgresql\+psycopg://)")


class KeysSection(_Section):
    log: Path
    """PEM of the Ed25519 key that signs checkpoints, receipts, results and messages to bridges."""


class TrustSection(_Section):
    ca: list[Path] = Field(min_length=1)
    crl: list[Path] = Field(min_length=1)


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

    @model_validator(mode="after")
    def _the_passwords_that_are_needed(self) -> "BrokerSection":
        if self.kind == "embedded" and self.passwords is None:
            raise ValueError("the embedded broker needs passwords")
        if self.kind == "mqtt" and self.password_file is None:
            raise ValueError("an outside broker needs password_file")
        return self

    @model_validator(mode="after")
    def _no_clear_text_on_a_network(self) -> "BrokerSection":
        if self.kind == "embedded" and not is_loopback(self.host):
            raise ValueError("the embedded broker serves loopback only: use Mosquitto for a network")
        if self.kind == "mqtt" and self.port == 0:
            raise ValueError("an outside broker needs its port")
        if not is_loopback(self.host) and self.tls_ca is None:
            raise ValueError("tls_ca is needed for a broker that is not on loopback")
        return self


class WebSection(_Section):
    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65535)
    tls_cert: Path | None = None
    tls_key: Path | None = None
    origins: list[Annotated[str, StringConstraints(pattern=r"^https?://[^/]+$")]] = []
    """As browsers say the hall's address, where it isn't host and port: https://hall.example."""
    pages: Path | None = None
    """The built pages; None: those that came with the installation."""

    @model_validator(mode="after")
    def _https_on_anything_but_loopback(self) -> "WebSection":
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key go together")
        if not is_loopback(self.host) and self.tls_cert is None:
            raise ValueError("beyond loopback pages are served by HTTPS: tls_cert and tls_key are needed")
        return self


class RosterSection(_Section):
    members: Path
    seats: Path
    bridges: Path
    programme: Path
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


@dataclass(frozen=True, slots=True)
class Located:
    """A configuration and the folder that its paths are relative to."""

    config: HallConfig
    base: Path

    def path(self, relative: Path) -> Path:
        return self.base / relative

    @property
    def store_url(self) -> str:
        url = self.config.store.url
        file = url.removeprefix("sqlite:///")
        return url if file == url else f"sqlite:///{self.base / file}"


def _named_paths(config: HallConfig) -> list[tuple[str, Path]]:
    named = [("keys.log", config.keys.log)]
    named += [(f"trust.ca[{i}]", path) for i, path in enumerate(config.trust.ca)]
    named += [(f"trust.crl[{i}]", path) for i, path in enumerate(config.trust.crl)]
    named += [(f"roster.{name}", getattr(config.roster, name)) for name in ("members", "seats", "bridges")]
    named.append(("roster.programme", config.roster.programme))
    optional = [
        ("broker.password_file", config.broker.password_file),
        ("broker.passwords", config.broker.passwords),
        ("broker.tls_ca", config.broker.tls_ca),
        ("web.tls_cert", config.web.tls_cert),
        ("web.tls_key", config.web.tls_key),
    ]
    return named + [(name, path) for name, path in optional if path is not None]


def _in_words(error: ValidationError) -> list[str]:
    places = [".".join(str(part) for part in fault["loc"]) or "file" for fault in error.errors()]
    messages = [fault["msg"].removeprefix("Value error, ") for fault in error.errors()]
    return [f"{place}: {message}" for place, message in zip(places, messages, strict=True)]


def load(path: Path) -> Located:
    """Reads `hall.toml`. Raises BadFile with every fault: unknown, missing, wrong, or naming no file."""
    try:
        raw = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise BadFile(path, [f"is not TOML: {error}"]) from error
    try:
        config = HallConfig.model_validate(raw)
    except ValidationError as error:
        raise BadFile(path, _in_words(error)) from error
    located = Located(config, path.resolve().parent)
    missing = [
        f"{name}: there is no file {located.path(relative)}"
        for name, relative in _named_paths(config)
        if not located.path(relative).is_file()
    ]
    if missing:
        raise BadFile(path, missing)
    return located
