"""What `hall key` does: a secret in a file that only its owner reads, and its public half as TOML."""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from audit.signing import to_jwk

CONSOLE_KEY_BYTES = 16
PASSWORD_BYTES = 32


class KeyProblem(Exception):
    """A file that is there already, can't be written, or holds no signing key."""


def make(file: Path, kind: str) -> str:
    """Returns what to tell. Raises KeyProblem; then no file was made."""
    if kind == "signing":
        key = Ed25519PrivateKey.generate()
        _write(file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return _toml(key)
    if kind == "console":
        _write(file, secrets.token_hex(CONSOLE_KEY_BYTES).encode() + b"\n")
        return f"{file}: a console's key; the unit is given the same 16 bytes."
    _write(file, secrets.token_urlsafe(PASSWORD_BYTES).encode() + b"\n")
    return f"{file}: a password; the same stands beside this user's name in the hall's passwords file."


def public_half(file: Path) -> str:
    """Raises KeyProblem."""
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise KeyProblem(f"{file} holds no private key in PEM: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyProblem(f"{file} holds a key that is not Ed25519")
    return _toml(key)


def _toml(key: Ed25519PrivateKey) -> str:
    jwk = to_jwk(key.public_key())
    return "{ " + ", ".join(f'{name} = "{jwk[name]}"' for name in ("kty", "crv", "x")) + " }"


def _write(file: Path, data: bytes) -> None:
    """Made as its owner's only from the first byte on; a key that is there is never overwritten."""
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as made:
            made.write(data)
            made.flush()
            os.fsync(made.fileno())
    except FileExistsError:
        raise KeyProblem(f"{file} is there already; a key is never overwritten") from None
    except OSError as error:
        raise KeyProblem(f"{file} can't be written: {error.strerror}") from error
