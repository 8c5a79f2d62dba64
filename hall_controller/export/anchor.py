"""The anchor's file: what a reader holds apart from the export (docs/specs/log.md)."""

from collections.abc import Sequence
from pathlib import Path

from audit.verifier import Anchor, BadAnchor
from hall_controller.export.errors import ExportFailed


def read_anchor(path: Path) -> Anchor:
    """Raises ExportFailed, saying what is wrong with the file."""
    try:
        return Anchor.parse(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ExportFailed(f"the anchor {path} can't be read: {error}") from error
    except BadAnchor as error:
        raise ExportFailed(f"{path}: {error}") from error


def write_anchor(path: Path, vkey: str, ca_pems: Sequence[str], checkpoint: str | None = None) -> None:
    """Writes what a reader is to keep. Raises ExportFailed when it can't be written."""
    lines = [f'vkey = "{vkey}"', "ca = ["]
    lines += [f'"""\n{pem.strip()}\n""",' for pem in ca_pems]
    lines += ["]"]
    if checkpoint is not None:
        # Literal: a signed note is these very bytes, its last line feed too.
        lines += [f"checkpoint = '''\n{checkpoint}'''"]
    try:
        path.write_text("\n".join(lines) + "\n", "utf-8")
    except OSError as error:
        raise ExportFailed(f"can't write the anchor {path}: {error.strerror}") from error
