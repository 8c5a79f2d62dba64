"""The authority's secrets: its keys, and each card's management key and PUK, under one passphrase.

`vault.key` is a JWE (RFC 7516, 7518: PBES2-HS512+A256KW) of the vault's own key; each line of `vault.jsonl`
is a compact JWE (dir, A256GCM) whose `kid` says what it is. Lines are added, never changed: what was
once a card's key is never forgotten. Any JOSE tool opens them with the passphrase.
"""

import os
import secrets
from pathlib import Path

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from hall_controller.pki.durable import PRIVATE, Lines, replace_file
from hall_controller.pki.errors import Declined, RegisterBroken

SHORTEST_PASSPHRASE = 12
ROUNDS = 250_000
"""Of PBKDF2 with SHA-512: above OWASP's 210,000 of 2023; a fifth of a second for each guess."""
_WRAP, _SEAL = "PBES2-HS512+A256KW", "A256GCM"
_REGISTRY = jwe.JWERegistry(algorithms=[_WRAP, "dir", _SEAL])
_KEY_FILE, _FILE = "vault.key", "vault.jsonl"


class Vault:
    def __init__(self, folder: Path, key: bytes) -> None:
        self._key = OctKey.import_key(key)
        self._lines = Lines(folder / _FILE, PRIVATE)
        self._held: dict[str, list[bytes]] = {}
        """By name, the oldest first."""
        for number, line in enumerate(self._lines.read(), 1):
            self._take(number, line)

    @classmethod
    def create(cls, folder: Path, passphrase: str) -> "Vault":
        """Raises Declined for a passphrase that is too short; FileExistsError where there is a vault."""
        check_passphrase(passphrase)
        path, key = folder / _KEY_FILE, secrets.token_bytes(32)
        if path.exists():
            raise FileExistsError(path)
        header = {"alg": _WRAP, "enc": _SEAL, "p2c": ROUNDS}
        sealed = jwe.encrypt_compact(
            header, key, OctKey.import_key(passphrase.encode()), registry=_REGISTRY
        )
        replace_file(path, sealed.encode(), PRIVATE)
        return cls(folder, key)

    @classmethod
    def open(cls, folder: Path, passphrase: str) -> "Vault":
        """Raises Declined for a wrong passphrase, RegisterBroken for a line that was changed."""
        sealed = (folder / _KEY_FILE).read_bytes()
        try:
            if len(passphrase) < SHORTEST_PASSPHRASE:
                raise ValueError("it was never taken")
            opened = jwe.decrypt_compact(sealed, OctKey.import_key(passphrase.encode()), registry=_REGISTRY)
        except (JoseError, ValueError) as error:
            raise Declined(
                "wrong_passphrase",
                "Mật khẩu của kho khóa không đúng.",
                "That isn't the passphrase of the authority's vault.",
            ) from error
        assert opened.plaintext is not None
        return cls(folder, opened.plaintext)

    def put(self, name: str, secret: bytes) -> None:
        """On disk when this returns; what stood under the name before stays readable in `history`."""
        header = {"alg": "dir", "enc": _SEAL, "kid": name}
        self._lines.append(jwe.encrypt_compact(header, secret, self._key, registry=_REGISTRY).encode())
        self._held.setdefault(name, []).append(secret)

    def get(self, name: str) -> bytes:
        """Raises RegisterBroken where there is none."""
        held = self.history(name)
        if not held:
            raise RegisterBroken(f"the vault holds no {name}")
        return held[0]

    def history(self, name: str) -> list[bytes]:
        """Everything that ever stood under the name, the newest first."""
        return self._held.get(name, [])[::-1]

    def _take(self, number: int, line: bytes) -> None:
        try:
            opened = jwe.decrypt_compact(line, self._key, registry=_REGISTRY)
        except (JoseError, ValueError) as error:
            raise RegisterBroken(f"line {number} of the vault was changed") from error
        assert opened.plaintext is not None
        self._held.setdefault(str(opened.headers().get("kid")), []).append(opened.plaintext)


def check_passphrase(passphrase: str) -> None:
    """Raises Declined."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise Declined(
            "passphrase_short",
            f"Mật khẩu của kho khóa cần ít nhất {SHORTEST_PASSPHRASE} ký tự.",
            f"The vault's passphrase needs at least {SHORTEST_PASSPHRASE} characters.",
        )


def private_folder(folder: Path) -> None:
    """Made, for its owner alone. Raises FileExistsError where something is in it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.chmod(folder, 0o700)
    if any(folder.iterdir()):
        raise FileExistsError(folder)
