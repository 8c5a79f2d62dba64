"""Mosquitto's configuration, password and ACL files, made from what the hall knows of its bridges.

Every bridge gets its own user, and rights on its own three topics and `down/all`, nothing else; the hall
reads what goes up and writes what goes down. Nobody gets in without a password. Beyond loopback only by
TLS.
"""

import base64
import hashlib
import os
import pwd
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from firmware_bridge.config import is_loopback
from firmware_bridge.envelope import LARGEST
from firmware_bridge.links import Topics
from hall_controller.bridges import Bridges
from hall_controller.faults import BadFile

_ITERATIONS, _SALT_BYTES = 101, 12
"""Mosquitto's own figures for `$7$` (PBKDF2-HMAC-SHA512). The passwords are 256 random bits: no
guessing."""


@dataclass(frozen=True, slots=True)
class BrokerListener:
    host: str
    port: int
    tls_cert: Path | None = None
    tls_key: Path | None = None
    tls_ca: Path | None = None
    """Where bridges show certificates too; None: passwords only."""


def broker_config(
    directory: Path,
    *,
    hall: str,
    hall_user: str,
    bridges: Bridges,
    passwords: Mapping[str, str],
    listener: BrokerListener,
) -> Path:
    """Writes mosquitto.conf, passwords and acl into `directory`, readable by their owner only.

    `passwords`: by user, for the hall and each bridge. Returns the path of mosquitto.conf; the broker is
    started with `mosquitto -c` on it. Raises BadFile with every fault, before anything is written.
    """
    users = (hall_user, *bridges.by_id)
    faults = [f"user {user} has no password" for user in users if not passwords.get(user)]
    faults += _listener_faults(listener)
    directory = directory.absolute()  # the broker may be started from any folder
    conf = directory / "mosquitto.conf"
    if faults:
        raise BadFile(conf, faults)
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(directory / "passwords", "".join(f"{user}:{_hashed(passwords[user])}\n" for user in users))
    _write(directory / "acl", _acl(hall, hall_user, bridges))
    _write(conf, _conf(directory, listener))
    return conf


def _listener_faults(listener: BrokerListener) -> list[str]:
    if not is_loopback(listener.host) and (listener.tls_cert is None or listener.tls_key is None):
        where = f"listener {listener.host}"
        return [f"{where}: beyond loopback only by TLS, a certificate and its key are needed"]
    if (listener.tls_cert is None) != (listener.tls_key is None):
        return ["listener: a certificate and its key go together"]
    if listener.tls_ca is not None and listener.tls_cert is None:
        return ["listener: who asks for certificates shows one: a certificate and its key are needed"]
    return []


def _conf(directory: Path, listener: BrokerListener) -> str:
    lines = [
        "# Written by `hall broker-config`; the hall's bus, nothing rests on it.",
        "per_listener_settings false",
        "allow_anonymous false",
        # Only this account can read the files: what Mosquitto becomes when root starts it.
        f"user {pwd.getpwuid(os.geteuid()).pw_name}",
        f"password_file {directory / 'passwords'}",
        f"acl_file {directory / 'acl'}",
        "persistence false",
        # Both ends set it: otherwise every acknowledgement waits 44 ms for the one before.
        "set_tcp_nodelay true",
        f"max_packet_size {LARGEST + 1024}",
        # A whole hall's answers at once; a bridge that lags longer asks for the state anew.
        "max_inflight_messages 0",
        "max_queued_messages 2000",
        "retain_available false",
        "log_dest stderr",
        "log_type error",
        "log_type warning",
        f"listener {listener.port} {listener.host}",
    ]
    if listener.tls_cert is not None:
        lines += [f"certfile {listener.tls_cert}", f"keyfile {listener.tls_key}", "tls_version tlsv1.3"]
    if listener.tls_ca is not None:
        lines += [f"cafile {listener.tls_ca}", "require_certificate true"]
    return "\n".join(lines) + "\n"


def _acl(hall: str, hall_user: str, bridges: Bridges) -> str:
    topics = Topics(hall)
    lines = [
        f"user {hall_user}",
        f"topic read {topics.every_up}",
        f"topic read {topics.every_will}",
        f"topic write {topics.down('+')}",
    ]
    for bridge in bridges.by_id:
        lines += [
            "",
            f"user {bridge}",
            f"topic write {topics.up(bridge)}",
            f"topic write {topics.will(bridge)}",
            f"topic read {topics.down(bridge)}",
            f"topic read {topics.to_all}",
        ]
    return "\n".join(lines) + "\n"


def _hashed(password: str) -> str:
    salt = secrets.token_bytes(_SALT_BYTES)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS)
    return f"$7${_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def _write(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, "utf-8")
