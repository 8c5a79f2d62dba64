"""A bar for what takes longer than a moment. Drawn on terminals only; needs the base install only."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

Step = Callable[[str, int], None]
"""Told how far it got: what is being done, and how many of it are done."""


@contextmanager
def bar(console: Console, total: int | None = None) -> Iterator[Step]:
    """A bar for each kind of step, as they come. `total`: of each, where it is known."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    quiet = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=quiet) as progress:
        tasks: dict[str, TaskID] = {}

        def step(what: str, done: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=total)
            progress.update(tasks[what], completed=done)

        yield step
