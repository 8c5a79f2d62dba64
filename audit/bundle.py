"""The exported directory: which file stands where (docs/specs/log.md).

Read from a mapping of path to bytes; the directory is opened in hall_controller/export/directory.py.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from audit import canonical, tiles

Source = Mapping[str, bytes]
"""Paths with `/`, relative to the directory. May read each file only when it is asked for."""

CHECKPOINT = "log/checkpoint"
VKEY = "log/vkey"
LOG = "log/"
BLOBS = "blobs/"
CERTS = "certs/"


def blob_path(sha256: str) -> str:
    return f"{BLOBS}{sha256}"


def cert_path(sha256: str) -> str:
    """`sha256`: lower-case hex of the certificate's DER."""
    return f"{CERTS}{sha256}.der"


def files(
    entries: Sequence[bytes], checkpoint: str, vkey: str, blobs: Iterable[bytes], certs: Iterable[bytes]
) -> Iterator[tuple[str, bytes]]:
    """Every file of an export: path and bytes. `blobs`, `certs`: what this reader may have."""
    yield CHECKPOINT, checkpoint.encode()
    yield VKEY, f"{vkey}\n".encode()
    for path, data in tiles.tiles(tiles.leaf_hashes(entries), entries):
        yield LOG + path, data
    for blob in blobs:
        yield blob_path(canonical.sha256_hex(blob)), blob
    for cert in certs:
        yield cert_path(canonical.sha256_hex(cert)), cert
