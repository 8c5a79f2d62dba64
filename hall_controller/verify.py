"""`hall verify DIR --anchor FILE`: judges an exported directory, offline, with the base install alone.

With `--proof FILE` a member's proof, or one entry's: against the anchor, the directory, or both.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from audit import bundle, checkpoint, member_proof, verifier
from audit.entry import Entry
from audit.errors import BadEvidence
from audit.member_proof import ProofReport
from audit.verifier import Finding, Recount, Report
from hall_controller.export.anchor import read_anchor
from hall_controller.export.directory import Directory
from hall_controller.export.entitled import Entitled
from hall_controller.export.errors import ExportFailed
from hall_controller.export.release import Reader
from hall_controller.progress import Step, bar
from hall_controller.prove import whole_log
from hall_controller.recount import recount

SOUND, UNSOUND, UNUSABLE = 0, 1, 2
"""Exit codes: verified or consistent; something was found; nothing could be judged."""
_STYLES = {"error": "bold red", "warning": "yellow", "note": "cyan"}


def verify(
    directory: Path, anchor: Path | None, console: Console,
    reader: Reader | None = None, seen: Sequence[str] = (),
) -> int:  # fmt: skip
    """Prints what was checked, found and withheld; returns the exit code.

    `seen`: checkpoints that the reader saw, each the path of a file or the note's own text.

    `reader`: whom the export was made for, so that what this reader should have been given is missed, and
    what this reader should not see is found. None: it is judged as far as it is shown, as an export doesn't
    say of itself for whom it is.
    """
    try:
        held = read_anchor(anchor) if anchor is not None else None
        source, notes = Directory(directory), [_note(one) for one in seen]
        with bar(console, _size(source)) as step:
            report = verifier.verify(source, held, _watched(step, source, reader), notes)
    except ExportFailed as error:
        return _unusable(error, console)
    show(report, console)
    return SOUND if report.sound else UNSOUND


def verify_proof(file: Path, anchor: Path | None, directory: Path | None, console: Console) -> int:
    """Judges a member's proof, or a `.tlog-proof`; returns the exit code. `directory`: an export that was
    judged before; needed where there is no anchor."""
    try:
        held = read_anchor(anchor) if anchor is not None else None
        log = whole_log(Directory(directory)) if directory is not None else None
        data = _read(file)
    except ExportFailed as error:
        return _unusable(error, console)
    report = member_proof.check(data, held, log)
    show_proof(report, console)
    return SOUND if report.sound else UNSOUND


def _unusable(error: ExportFailed, console: Console) -> int:
    console.print(f"[bold red]✗[/] {escape(str(error))}", soft_wrap=True)
    return UNUSABLE


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(member_proof.MAX_BYTES + 1)
    except OSError as error:
        raise ExportFailed(f"{file} can't be read: {error.strerror}") from error


def _note(one: str) -> str:
    """A checkpoint that was seen: a file, or the text itself as a QR reader gives it."""
    if "\n" in one.strip():
        return checkpoint.as_seen(one)
    try:
        return checkpoint.as_seen(_read(Path(one)).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ExportFailed(f"{one} is no checkpoint: {error}") from error


def _size(source: Directory) -> int | None:
    """How many entries there should be; only for the bar, nothing is believed by it."""
    try:
        return checkpoint.parse(source[bundle.CHECKPOINT].decode("utf-8", "replace")).size
    except (KeyError, BadEvidence):
        return None


def _watched(step: Step, source: Directory, reader: Reader | None) -> Recount:
    """The recount, telling how far the reading has come: each entry is checked before it is counted."""

    def counting(record: Iterator[tuple[Entry, Any | None]]) -> Iterator[tuple[Entry, Any | None]]:
        for number, one in enumerate(record, start=1):
            step("entries checked and counted", number)
            yield one

    if reader is None:
        return lambda record: recount(counting(record))
    entitled = Entitled(reader, source)
    return lambda record: entitled.judged(counting(record), recount)


def show(report: Report, console: Console) -> None:
    console.print(f"[bold]{escape(report.origin or 'an unreadable log')}[/], {report.size} entries")
    _list("Checked", "[green]✓[/]", report.checked, console)
    _list("Withheld from this reader", "[yellow]–[/]", report.withheld, console)
    if report.findings:
        console.print(_findings(report.findings))
    if report.fingerprints:
        console.print("Fingerprints, to compare with what you hold:")
        for name, value in report.fingerprints.items():
            console.print(f"  {escape(name)}: {escape(value)}", soft_wrap=True, highlight=False)
    style, mark = ("bold green", "✓") if report.sound else ("bold red", "✗")
    console.print(f"[{style}]{mark} {escape(report.verdict)}[/]")


def show_proof(report: ProofReport, console: Console) -> None:
    if report.size:
        console.print(f"[bold]{escape(report.origin)}[/], a proof under its first {report.size} entries")
    for line in report.shown:
        console.print(f"  {escape(line)}", soft_wrap=True, highlight=False)
    if report.findings:
        console.print(_findings(report.findings))
    judged = all(finding.code != "not_judged" for finding in report.findings)
    proved = "proved" if judged else "consistent with this export; authenticity not judged"
    style, mark, verdict = ("bold green", "✓", proved) if report.sound else ("bold red", "✗", "refused")
    console.print(f"[{style}]{mark} {verdict}[/]")


def _list(heading: str, mark: str, lines: tuple[str, ...], console: Console) -> None:
    if lines:
        console.print(f"{heading}:")
    for line in lines:
        console.print(f"  {mark} {escape(line)}", soft_wrap=True, highlight=False)


def _findings(findings: tuple[Finding, ...]) -> Table:
    table = Table("", "finding", "where", "", title="Findings, the gravest first", title_justify="left")
    for finding in findings:
        severity = f"[{_STYLES[finding.severity]}]{finding.severity}[/]"
        table.add_row(severity, finding.code, escape(finding.where), escape(finding.text))
    return table
