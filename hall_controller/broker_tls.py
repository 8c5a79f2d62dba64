"""TLS towards the broker: 1.3, its certificate checked against the hall's own authority and no other."""

import ssl
from pathlib import Path

from hall_controller.faults import BadFile


def bus_tls(ca: Path) -> ssl.SSLContext:
    """Raises BadFile where `ca` holds no certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        context.load_verify_locations(str(ca))
    except (OSError, ssl.SSLError) as error:
        raise BadFile(ca, [f"holds no certificates in PEM: {error}"]) from error
    return context
