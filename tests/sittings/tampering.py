"""What somebody can do to a really exported directory: without a key, with his own, with the hall's."""

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from audit import bundle, canonical, checkpoint, statement, tiles
from audit import entry as log_entry
from audit.entry import Entry
from audit.merkle import Frontier, leaf_hash
from audit.signing import Ed25519Signer, thumbprint, to_jwk
from hall_controller.cli.demo.furnish import ORIGIN

Files = dict[str, bytes]
Entries = list[bytes]


@dataclass(frozen=True, slots=True)
class Exported:
    """An export's files, and the entries in them."""

    files: Files
    entries: Entries

    @classmethod
    def read(cls, directory: Path) -> "Exported":
        files = {
            path.relative_to(directory).as_posix(): path.read_bytes()
            for path in sorted(directory.rglob("*"))
            if path.is_file()
        }
        size = checkpoint.parse(files[bundle.CHECKPOINT].decode()).size
        log = {path.removeprefix(bundle.LOG): data for path, data in files.items()}
        return cls(files, list(tiles.read_entries(log, size)))

    def one(self, part: str) -> str:
        """The first path with `part` in it."""
        return next(path for path in self.files if part in path)

    def blob_of(self, type: str) -> str:
        """The payload of the first entry of that type."""
        refs = [entry.blob for entry in map(log_entry.decode, self.entries) if entry.type == type]
        assert refs[0] is not None
        return bundle.blob_path(refs[0].sha256)

    def blobs_of(self, *types: str) -> set[str]:
        """The payloads of all entries of these types."""
        refs = [entry.blob for entry in map(log_entry.decode, self.entries) if entry.type in types]
        return {bundle.blob_path(ref.sha256) for ref in refs if ref is not None}

    def flipped(self, path: str, bit: int = 700) -> Files:
        data = bytearray(self.files[path])
        data[bit // 8] ^= 1 << bit % 8
        return self.files | {path: bytes(data)}

    def flipped_inside(self, path: str, encoded: str, byte: int) -> Files:
        """One bit of what a base64 text in the file stands for: still base64, with another meaning."""
        data = bytearray(base64.b64decode(encoded))
        data[byte] ^= 1
        text = self.files[path].decode().replace(encoded, base64.b64encode(data).decode())
        return self.files | {path: text.encode()}

    def with_entries(self, entries: Sequence[bytes], signer: Ed25519Signer | None = None) -> Files:
        """All files of the log made anew; the checkpoint too, by whoever has a key."""
        kept = {path: data for path, data in self.files.items() if not path.startswith(bundle.LOG)}
        log = {bundle.LOG + path: data for path, data in tiles.tiles(tiles.leaf_hashes(entries), entries)}
        own = {path: self.files[path] for path in (bundle.CHECKPOINT, bundle.VKEY)}
        if signer is not None:
            own = signed_head(entries, signer)
        return kept | log | own

    def told_anew(
        self,
        signer: Ed25519Signer,
        keep: Callable[[Entry], bool] = lambda entry: True,
        change: Callable[[Entry], Entry] = lambda entry: entry,
    ) -> Files:
        """Another history, signed throughout by `signer`: chain, results, head and key agree with it."""
        teller = _Teller(self.files, signer)
        for entry in map(log_entry.decode, self.entries):
            if keep(entry):
                teller.tell(change(entry))
        told = self.with_entries(teller.entries, signer) | teller.blobs
        return {path: data for path, data in told.items() if path not in teller.forgotten}


def signed_head(entries: Sequence[bytes], signer: Ed25519Signer) -> Files:
    frontier = _frontier(entries)
    head = checkpoint.sign(ORIGIN, frontier.size, frontier.root(), signer)
    vkey = checkpoint.vkey(ORIGIN, signer.public_key)
    return {bundle.CHECKPOINT: head.encode(), bundle.VKEY: f"{vkey}\n".encode()}


def _frontier(entries: Iterable[bytes]) -> Frontier:
    frontier = Frontier()
    for entry in entries:
        frontier = frontier.append(leaf_hash(entry))
    return frontier


class _Teller:
    def __init__(self, files: Files, signer: Ed25519Signer) -> None:
        self._files, self._signer = files, signer
        self._results: dict[str, Any] = {}
        self.entries: Entries = []
        self.blobs: Files = {}
        self.forgotten: set[str] = set()

    def tell(self, entry: Entry) -> None:
        if entry.type == "LogCreated":
            key = self._signer.public_key
            jwk = to_jwk(key)
            vkey = checkpoint.vkey(ORIGIN, key)
            entry = replace(entry, d={**entry.d, "vkey": vkey, "keys": {thumbprint(jwk): jwk}})
        elif entry.type == "SittingOpened" and "trust" in entry.d:
            # It names the trust list's entry by its hash, which another history has changed.
            seq = entry.d["trust"]["seq"]
            stands_on = {"seq": seq, "entry": canonical.sha256_hex(self.entries[seq])}
            entry = replace(entry, d={**entry.d, "trust": stands_on})
        elif entry.type == "ResultComputed":
            entry = self._result(entry)
        elif entry.type == "VoteDeclared":
            entry = self._sealed(entry, self._results[entry.d["vote"]])
        prev = canonical.sha256_hex(self.entries[-1]) if self.entries else log_entry.GENESIS_PREV
        self.entries.append(log_entry.encode(replace(entry, seq=len(self.entries), prev=prev)))

    def _result(self, entry: Entry) -> Entry:
        assert entry.blob is not None
        jws = log_entry.open_blob(self._files[bundle.blob_path(entry.blob.sha256)], entry.blob)
        frontier = _frontier(self.entries)
        said = dict(statement.parse(jws, statement.RESULT).payload)
        said["head"] = {"size": frontier.size, "root": frontier.root().hex()}
        signed = statement.sign(statement.RESULT, said, self._signer)
        self._results[entry.d["vote"]] = signed
        return self._sealed(entry, signed)

    def _sealed(self, entry: Entry, body: Any) -> Entry:
        """The same entry with another payload."""
        assert entry.blob is not None
        self.forgotten.add(bundle.blob_path(entry.blob.sha256))
        rand = len(self.entries).to_bytes(16, "big")
        ref, data = log_entry.seal(body, rand, entry.blob.cls)
        self.blobs[bundle.blob_path(ref.sha256)] = data
        return replace(entry, blob=ref)
