"""The register's file: JCS lines, each naming the hash of the one before and signed by the register's key.

`register.head` says how far it got: a register that was cut short is noticed. Left out: a whole folder put
back from an older copy, which nothing inside it can tell; note the head that `hall pki list` prints.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from audit import base64url, canonical, instant, signing
from audit.errors import BadEvidence
from audit.signing import PublicKey, Signer
from hall_controller.pki.durable import Lines, replace_file
from hall_controller.pki.errors import RegisterBroken
from hall_controller.pki.register import ENTRY_TYPES, Entry, Register

_FILE, _HEAD = "register.jsonl", "register.head"
_NOTHING = "0" * 64


@dataclass(frozen=True, slots=True)
class Head:
    size: int
    sha256: str

    def __str__(self) -> str:
        return f"{self.size} {self.sha256}"


class Ledger:
    """Opened, every line has been checked. `register` is what they come to."""

    def __init__(self, folder: Path, key: PublicKey | None = None) -> None:
        """`key`: as the vault says it; without, the first line's own is taken, and nothing mended: another
        may be writing. Raises RegisterBroken."""
        self._lines = Lines(folder / _FILE, mend=key is not None)
        self._head_file = folder / _HEAD
        # Before the lines, which may grow meanwhile.
        told = self._head_file.read_text("ascii") if self._head_file.exists() else None
        self.register = Register()
        self.entries: list[Entry] = []
        self.head = Head(0, _NOTHING)
        self._key = key
        heads = [self.head.sha256]
        for line in self._lines.read():
            self._take(line)
            heads.append(self.head.sha256)
        self._check_length(heads, told)

    def append(self, signer: Signer, at: datetime, by: str, kind: str, d: Mapping[str, Any]) -> Entry:
        """On disk when this returns. Raises RegisterBroken for what can't follow, and writes nothing."""
        if kind not in ENTRY_TYPES:
            raise RegisterBroken(f"{kind} is no entry of a register")
        said = {
            "v": 1, "seq": self.head.size, "prev": self.head.sha256, "t": instant.write(at), "by": by,
            "type": kind, "d": dict(d),
        }  # fmt: skip
        signature = base64url.encode(signer.sign(canonical.encode(said)))
        line = canonical.encode({**said, "sig": signature})
        before = self._state()
        try:
            self._take(line)
            # A crash after this and before the head: the head is a line behind, which is no loss.
            self._lines.append(line)
        except BaseException:
            self._restore(before)
            raise
        replace_file(self._head_file, f"{self.head}\n".encode())
        return self.entries[-1]

    def _state(self) -> tuple[Register, Head, int]:
        return self.register, self.head, len(self.entries)

    def _restore(self, state: tuple[Register, Head, int]) -> None:
        self.register, self.head, count = state
        del self.entries[count:]

    def _take(self, line: bytes) -> None:
        number = self.head.size + 1
        try:
            entry = self._read(line)
            self.register = self.register.after(entry)
        except (BadEvidence, KeyError, TypeError, ValueError) as error:
            raise RegisterBroken(f"line {number} of the register: {error}") from error
        self.entries.append(entry)
        self.head = Head(number, canonical.sha256_hex(line))

    def _read(self, line: bytes) -> Entry:
        said = canonical.decode(line)
        signature = base64url.decode(said.pop("sig"))
        if said["prev"] != self.head.sha256 or said["seq"] != self.head.size or said["v"] != 1:
            raise ValueError("it doesn't follow the line before")
        if self._key is None:
            self._key = signing.from_jwk(said["d"]["key"])
        signing.verify(self._key, "EdDSA", canonical.encode(said), signature)
        return Entry(said["seq"], instant.read(said["t"]), said["by"], said["type"], said["d"])

    def _check_length(self, heads: list[str], told: str | None) -> None:
        if told is None:
            if self.head.size > 1:
                raise RegisterBroken(f"{_HEAD} is missing")
            return
        size, _, hashed = told.strip().partition(" ")
        if not size.isdigit() or int(size) >= len(heads) or heads[int(size)] != hashed:
            raise RegisterBroken("the register is shorter than it was, or another one")
