"""A bridge's configuration: one `bridge.toml`, every fault named at once. Paths are relative to the file.

hall = "dien-hong"                          the hall's name on the bus
bridge = "row-01"                           this bridge's name, and its user name at the broker
key_file = "row-01.key"                     PEM, Ed25519: signs what this bridge says
hall_keys = [{ kty = "OKP", crv = "Ed25519", x = "…" }]
line = "/dev/ttyUSB0"                       or socket://host:port; a network console: /dev/ttyS…
baud = 115200

[broker]
host = "127.0.0.1"
port = 1883
password_file = "row-01.password"
tls_ca = "ca.pem"                           needed beyond loopback
tls_cert = "row-01.pem"                     and tls_key, for a broker that wants certificates too
tls_key = "row-01.tls.key"

[[seat]]
seat = "001"
address = 1
key_file = "console-001.key"                hex, 16 bytes: the console's own key
reader = "Hall 00"                          the PC/SC reader at this seat; left out where there is none
token = "pkcs11:token=…;object=…?module-path=…"   or, for an officer, a PKCS#11 token in a card's place
"""

import ssl
import tomllib
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from audit.errors import BadEvidence
from audit.signing import Ed25519Signer, PublicKey, from_jwk
from firmware_bridge.bus_tls import BadTlsFile, bus_tls
from firmware_bridge.cards.pkcs11_uri import BadTokenUri, TokenUri, parse
from firmware_bridge.errors import BridgeError
from firmware_bridge.mqtt_bus import BrokerAddress

NAME = r"^[a-z0-9][a-z0-9-]{0,39}$"
MOST_SEATS, MOST_READERS = 64, 15
"""A serial bus has 64 addresses; one PC/SC daemon serves 15 readers beside its own pseudo-reader."""
CONSOLE_KEY_BYTES = 16


class BridgeMisconfigured(BridgeError):
    """`faults` are sentences, each naming its place in the file."""

    def __init__(self, path: Path, faults: list[str]) -> None:
        super().__init__(f"{path}: " + "; ".join(faults))
        self.path = path
        self.faults = tuple(faults)


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BrokerSection(_Section):
    host: str = "127.0.0.1"
    port: int = Field(ge=1, le=65535)
    password_file: Path
    tls_ca: Path | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None


class SeatSection(_Section):
    seat: str = Field(min_length=1, max_length=40)
    address: int = Field(ge=1, le=MOST_SEATS)
    key_file: Path
    reader: str | None = None
    token: str | None = None


class _File(_Section):
    hall: str = Field(pattern=NAME)
    bridge: str = Field(pattern=NAME)
    key_file: Path
    hall_keys: list[dict[str, str]] = Field(min_length=1)
    line: str = Field(min_length=1)
    baud: int = Field(default=115_200, ge=9600)
    broker: BrokerSection
    seat: list[SeatSection] = Field(min_length=1, max_length=MOST_SEATS)


@dataclass(frozen=True, slots=True)
class SeatConfig:
    seat: str
    address: int
    console_key: bytes = field(repr=False)
    reader: str | None
    token: TokenUri | None = None


@dataclass(frozen=True, slots=True)
class BridgeConfig:
    """What a bridge needs, its files read. The password and the keys are in memory only, never in a repr's
    way."""

    hall: str
    bridge: str
    signer: Ed25519Signer
    hall_keys: tuple[PublicKey, ...]
    line: str
    baud: int
    broker: BrokerAddress
    seats: tuple[SeatConfig, ...]


def load(path: Path) -> BridgeConfig:
    """Reads `bridge.toml` and the files that it names. Raises BridgeMisconfigured with every fault."""
    try:
        parsed = _File.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise BridgeMisconfigured(path, [f"can't be read: {fault}"]) from fault
    except ValidationError as fault:
        raise BridgeMisconfigured(path, [_said(one) for one in fault.errors()]) from fault
    return _Reading(path).config(parsed)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`. A name other than localhost is taken for the network."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _said(fault: Any) -> str:
    return ".".join(str(part) for part in fault["loc"]) + ": " + str(fault["msg"])


class _Reading:
    """Gathers the faults of one file, so that none hides another."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._faults: list[str] = []

    def config(self, parsed: _File) -> BridgeConfig:
        signer = self._signer(parsed.key_file)
        hall_keys = tuple(self._hall_key(i, jwk) for i, jwk in enumerate(parsed.hall_keys))
        seats = self._seats(parsed.seat)
        broker = self._broker(parsed)
        if self._faults or signer is None or broker is None:
            raise BridgeMisconfigured(self._path, self._faults)
        keys = tuple(key for key in hall_keys if key is not None)
        return BridgeConfig(
            parsed.hall, parsed.bridge, signer, keys, parsed.line, parsed.baud, broker, seats
        )

    def _bytes(self, name: str, file: Path) -> bytes:
        try:
            return (self._path.parent / file).read_bytes()
        except OSError as fault:
            self._faults.append(f"{name}: {fault}")
            return b""

    def _signer(self, file: Path) -> Ed25519Signer | None:
        pem = self._bytes("key_file", file)
        if not pem:
            return None
        try:
            key = load_pem_private_key(pem, None)
        except (ValueError, TypeError):
            key = None
        if isinstance(key, Ed25519PrivateKey):
            return Ed25519Signer(key)
        self._faults.append(f"key_file: {file} holds no Ed25519 private key in PEM")
        return None

    def _hall_key(self, i: int, jwk: dict[str, str]) -> PublicKey | None:
        try:
            return from_jwk(jwk)
        except BadEvidence as fault:
            self._faults.append(f"hall_keys.{i}: {fault}")
            return None

    def _broker(self, parsed: _File) -> BrokerAddress | None:
        section = parsed.broker
        password = self._bytes("broker.password_file", section.password_file).decode("utf-8", "replace")
        tls = self._tls(section)
        if self._faults:
            return None
        return BrokerAddress(section.host, section.port, parsed.bridge, password.strip(), tls)

    def _tls(self, section: BrokerSection) -> ssl.SSLContext | None:
        own, base = None, self._path.parent
        if section.tls_cert is not None and section.tls_key is not None:
            own = base / section.tls_cert, base / section.tls_key
        elif section.tls_cert is not None or section.tls_key is not None:
            self._faults.append("broker.tls_cert: tls_cert and tls_key go together")
        if section.tls_ca is None:
            if own is not None or not is_loopback(section.host):
                why = "a broker that is not on loopback" if own is None else "showing a certificate"
                self._faults.append(f"broker.tls_ca: needed for {why}")
            return None
        try:
            return bus_tls(base / section.tls_ca, own)
        except BadTlsFile as fault:
            self._faults.append(f"broker: {fault}")
            return None

    def _seats(self, sections: list[SeatSection]) -> tuple[SeatConfig, ...]:
        for what in ("seat", "address", "reader", "token"):
            values = [getattr(one, what) for one in sections if getattr(one, what) is not None]
            for value in sorted({str(v) for v in values if values.count(v) > 1}):
                self._faults.append(f"seat: {what} {value} stands twice")
        if sum(one.reader is not None for one in sections) > MOST_READERS:
            self._faults.append(f"seat: a row with readers has at most {MOST_READERS} seats")
        if any(one.reader for one in sections) and any(one.token for one in sections):
            self._faults.append("seat: a bridge has readers or tokens, not both")
        return tuple(
            SeatConfig(one.seat, one.address, self._console_key(one), one.reader, self._token(one))
            for one in sections
        )

    def _token(self, section: SeatSection) -> TokenUri | None:
        if section.token is None:
            return None
        try:
            return parse(section.token)
        except BadTokenUri as bad:
            self._faults.append(f"seat {section.seat}: token: {bad}")
            return None

    def _console_key(self, section: SeatSection) -> bytes:
        raw = self._bytes(f"seat {section.seat}: key_file", section.key_file)
        try:
            key = bytes.fromhex(raw.decode("ascii").strip())
        except ValueError:
            key = b""
        if raw and len(key) != CONSOLE_KEY_BYTES:
            self._faults.append(f"seat {section.seat}: {section.key_file} holds no 16 bytes in hex")
        return key
