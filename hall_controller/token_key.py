"""Opens the token that holds the hall's key: by the URI in hall.toml, and a PIN from a file or a person."""

import sys
from getpass import getpass
from pathlib import Path

from audit.signing import Signer
from firmware_bridge.cards.errors import CardError
from firmware_bridge.cards.pkcs11_uri import TokenUri, parse
from hall_controller.faults import BadFile, read_text


def token_signer(uri: str, pin_file: Path | None, config: Path) -> Signer:
    """`config`: the file that names the token. Raises BadFile; no message says anything of the PIN."""
    try:
        # The extra `tokens` is missing in most halls: that too is told as a fault of the configuration.
        from firmware_bridge.cards.token import TokenKey
        from hall_controller.token_signer import TokenSigner

        meant = parse(uri)
        return TokenSigner(TokenKey(meant, _pin(meant, pin_file)))
    except (CardError, ValueError) as fault:
        raise BadFile(config, [f"keys.log: {fault}"]) from fault


def _pin(meant: TokenUri, pin_file: Path | None) -> str:
    if pin_file is not None:
        return read_text(pin_file).strip()
    if not sys.stdin.isatty():
        raise ValueError("nobody is here to type the token's PIN: name its file as keys.log_pin_file")
    return getpass(f"PIN of the {meant}: ")
