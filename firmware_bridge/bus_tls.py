"""TLS towards the broker: 1.3, its certificate checked against the hall's own authority and no other."""

import ssl
from pathlib import Path

from firmware_bridge.errors import BridgeError


class BadTlsFile(BridgeError):
    """`path` is not what TLS needs there; `fault` says why."""

    def __init__(self, path: Path, fault: str) -> None:
        super().__init__(f"{path}: {fault}")
        self.path, self.fault = path, fault


def bus_tls(ca: Path, own: tuple[Path, Path] | None = None) -> ssl.SSLContext:
    """All PEM; `own`: the certificate and its key that this end shows, if any. Raises BadTlsFile.

    No revocation lists: a broker can do no more than lose messages, which are signed end to end.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks the chain and the host's name
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        context.load_verify_locations(str(ca))
    except OSError as error:
        raise BadTlsFile(ca, f"holds no certificates in PEM: {error}") from error
    if own is not None:
        _show(context, *own)
    return context


def _show(context: ssl.SSLContext, cert: Path, key: Path) -> None:
    try:
        # A password would be asked for at the terminal, where nobody sits.
        context.load_cert_chain(cert, key, password=b"")
    except (OSError, ValueError) as error:
        raise BadTlsFile(cert, f"is no certificate with its key {key.name}: {error}") from error
