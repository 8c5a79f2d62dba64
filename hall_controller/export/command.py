"""`hall export SITTING --out DIR --for public|auditor`: what it does and prints."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape

from audit.errors import LogBroken
from hall_controller.errors import StoreFailed
from hall_controller.export.errors import ExportFailed
from hall_controller.export.release import Reader
from hall_controller.export.writing import Exported, export
from hall_controller.founding import Founding
from hall_controller.progress import bar
from hall_controller.store import open_reader

WRITTEN, FAILED = 0, 1
"""Exit codes."""


def run_export(
    store_url: str, known: Founding, sitting: str | None, out: Path, reader: Reader, console: Console
) -> int:
    """Writes the directory from the log as it stands, also while the hall sits. Returns the exit code."""
    try:
        log = open_reader(store_url)
        try:
            with bar(console) as step:
                exported = export(log, known, sitting, out, reader, step)
        finally:
            log.close()
    except (ExportFailed, StoreFailed, LogBroken) as error:
        console.print(f"[bold red]✗[/] {escape(str(error))}", soft_wrap=True)
        return FAILED
    _show(exported, reader, console)
    return WRITTEN


def _show(exported: Exported, reader: Reader, console: Console) -> None:
    console.print(
        f"[bold green]✓[/] {exported.head.size} entries → {escape(str(exported.out))}", soft_wrap=True
    )
    console.print(f"  {exported.blobs} payloads for the reader “{reader}”, {exported.withheld} withheld")
    console.print(f"  check it: hall verify {escape(str(exported.out))} --anchor FILE", soft_wrap=True)
    console.print(f"  the head to keep:\n{escape(exported.checkpoint)}", soft_wrap=True, highlight=False)
