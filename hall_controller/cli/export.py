"""`hall export`: the log as files, also while the hall sits."""

from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from audit.errors import LogBroken
from hall_controller.cli import fail
from hall_controller.config import load
from hall_controller.errors import StoreFailed
from hall_controller.export.errors import ExportFailed
from hall_controller.export.writing import Exported
from hall_controller.export.writing import export as write
from hall_controller.faults import BadFile
from hall_controller.key_files import load_founding
from hall_controller.store import open_reader


def export(
    config: Path, sitting: str, to: Path, reader: Literal["public", "auditor"], err: Console
) -> None:
    try:
        located = load(config)
        log = open_reader(located.store_url)
        try:
            columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
            with Progress(*columns, console=err, transient=True) as progress:
                task = progress.add_task("reading the log …", total=None)
                done = write(
                    log,
                    load_founding(located),
                    sitting,
                    to,
                    reader,
                    lambda what, number: progress.update(task, description=f"{number} {what} …"),
                )
        finally:
            log.close()
    except (BadFile, StoreFailed, LogBroken, ExportFailed) as error:
        raise fail(error) from error
    _say(done, reader, err)


def _say(done: Exported, reader: str, err: Console) -> None:
    err.print(
        f"[bold green]✓[/] {done.out}: {done.head.size} entries, {done.blobs} payloads for the {reader}, "
        f"{done.withheld} withheld",
        soft_wrap=True,
    )
    err.print(
        f"  check it: hall verify {done.out} --anchor YOUR-ANCHOR.toml --for {reader}", soft_wrap=True
    )
