"""`hall prove EXPORT --member ID`: one member's proof from an export, with the base install alone."""

import os
from pathlib import Path

from audit import member_proof
from audit.bundle import Source
from audit.errors import BadEvidence, LogBroken
from audit.member_proof import MemberProof, NotProvable
from audit.member_proof.places import ExportParts
from audit.verifier import log_files
from audit.verifier.log_files import LogFiles
from hall_controller.export.directory import Directory
from hall_controller.export.errors import ExportFailed


def prove(directory: Path, member: str, vote: str | None, to: Path) -> MemberProof:
    """Writes the proof to `to`, which must not exist yet.

    Raises ExportFailed, saying why nothing can be proved from this export.
    """
    source = Directory(directory)
    log = whole_log(source)
    try:
        places = member_proof.export_places(source, log, member, vote)
        made = member_proof.make(ExportParts(source, log), member, places.votes, places.ca)
    except NotProvable as no:
        raise ExportFailed(str(no)) from no
    except (BadEvidence, LogBroken, LookupError) as error:
        text = f"the export doesn't hold what the proof is made of ({error}): run hall verify on it"
        raise ExportFailed(text) from error
    _write(member_proof.encode(made), to)
    return made


def whole_log(source: Source) -> LogFiles:
    """The log of an export. Raises ExportFailed where its files aren't whole: no proof rests on those."""
    log = log_files.read(source, None)
    wrong = next((finding for finding in log.findings if finding.severity == "error"), None)
    if wrong is not None:
        raise ExportFailed(f"the export is damaged ({wrong.code}: {wrong.text}): run hall verify on it")
    return log


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _write(data: bytes, to: Path) -> None:
    try:
        # For its owner alone: it says how a member voted.
        with open(to, "xb", opener=_private) as file:
            file.write(data)
    except FileExistsError:
        raise ExportFailed(f"{to} exists already; nothing was overwritten") from None
    except OSError as error:
        raise ExportFailed(f"can't write {to}: {error.strerror}") from error
