"""TLS towards the broker, as `hall.toml` names its files."""

import ssl

from firmware_bridge.bus_tls import BadTlsFile, bus_tls
from hall_controller.config import Located
from hall_controller.faults import BadFile


def hall_tls(located: Located) -> ssl.SSLContext | None:
    """None without `tls_ca`: on loopback only, config.py refuses it elsewhere. Raises BadFile."""
    section, own = located.config.broker, None
    if section.tls_ca is None:
        return None
    if section.tls_cert is not None and section.tls_key is not None:
        own = located.path(section.tls_cert), located.path(section.tls_key)
    try:
        return bus_tls(located.path(section.tls_ca), own)
    except BadTlsFile as error:
        raise BadFile(error.path, [error.fault]) from error
