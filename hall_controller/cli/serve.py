"""`hall run`, `hall invite`, `hall broker-config`: the controller's own subcommands."""

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, TextIO, cast

import structlog
import typer
import uvloop
from rich.console import Console
from structlog.typing import Processor

from audit.errors import LogBroken
from hall_controller import assembly, bridges, broker_config
from hall_controller.assembly import Running
from hall_controller.cli import fail
from hall_controller.clock import utc_now
from hall_controller.config import Located, load
from hall_controller.errors import StoreFailed
from hall_controller.faults import BadFile
from hall_controller.invitations import invite as leave_invitation
from hall_controller.key_files import load_passwords

WHAT_GOES_WRONG = (BadFile, StoreFailed, LogBroken, OSError, RuntimeError, ValueError)
"""At a start, and told in words. Anything else is a fault of ours and shows its trace."""


NO_CODES = (
    "this hall signs nobody in by a one-time code: officers and auditors stand in [[officer]], with a card "
    "or a subject. For a hall for trying things out (test = true), [officers] codes = true allows codes"
)
NO_CONFIGURATION = (
    "there is no such file: docs/guides/running-a-hall.md says what a hall needs, file by file",
    "to look at one that runs: hall demo sets up and runs a simulated hall, with all of its files",
)


class _BestEffort:
    """Where the program's own notes go. On a full disk they are lost; the hall that made them goes on.

    The log of the sitting is another thing: what can't be written there is never said to be recorded.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def log_to_stderr() -> None:
    """Structured lines, one an event, on standard error; standard output stays the command's own."""
    _log_to(sys.stderr)


def log_to_file(path: Path) -> None:
    _log_to(path.open("a", encoding="utf-8", buffering=1))


def _log_to(stream: TextIO) -> None:
    notes = cast(TextIO, _BestEffort(stream))
    told: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    written: list[Processor] = [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        processors=[*told, *written],
        logger_factory=structlog.PrintLoggerFactory(notes),
    )
    _log_libraries_to(notes, told, written)


def _log_libraries_to(notes: TextIO, told: list[Processor], written: list[Processor]) -> None:
    """What logs by Python's own logging (the pages, the web server, libraries): the same lines."""
    handler = logging.StreamHandler(notes)
    handler.name = "hall"
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*told, structlog.stdlib.add_logger_name],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *written],
        )
    )
    root = logging.getLogger()
    for before in [one for one in root.handlers if one.name == handler.name]:
        root.removeHandler(before)
    root.addHandler(handler)
    # Below a warning, libraries tell what they do with what: addresses, topics, statements of the database.
    root.setLevel(logging.WARNING)


async def until_told(main: Coroutine[Any, Any, None]) -> None:
    """Runs `main` until it ends or SIGINT or SIGTERM comes; then it is cancelled and may tidy up."""
    loop, task = asyncio.get_running_loop(), asyncio.ensure_future(main)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


def only_one(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """What really went wrong, where tasks that ran side by side ended together."""
    first = group.exceptions[0]
    return only_one(first) if isinstance(first, BaseExceptionGroup) else first


def serving(serve: Callable[[], Awaitable[None]], err: Console) -> None:
    """Runs a server on uvloop; says in words what keeps it from running."""
    try:
        uvloop.run(until_told(_awaited(serve)))
    except BaseExceptionGroup as group:
        error = only_one(group)
        if isinstance(error, WHAT_GOES_WRONG):
            raise fail(error) from group
        raise
    except WHAT_GOES_WRONG as error:
        raise fail(error) from error


async def _awaited(serve: Callable[[], Awaitable[None]]) -> None:
    await serve()


def _located(config: Path) -> Located:
    try:
        if not config.exists():
            raise BadFile(config, NO_CONFIGURATION)
        return load(config)
    except BadFile as error:
        raise fail(error) from error


def serve(config: Path, err: Console) -> None:
    log_to_stderr()
    located = _located(config)

    def ready(running: Running) -> None:
        # One line that programs read, on standard output; what people read is on standard error.
        typer.echo(f"ready {running.address} mqtt:{running.broker_port}")
        err.print(f"[bold green]●[/] The hall is ready: {running.address}", soft_wrap=True)
        err.print(f"  log: {running.entries} entries, verifier key {running.vkey}", soft_wrap=True)
        if located.config.officers.codes:
            err.print(f"  sign in an officer: hall invite officer NAME --config {config}", soft_wrap=True)

    serving(lambda: assembly.run(located, ready), err)


def invite(config: Path, role: Literal["officer", "auditor"], name: str, minutes: int, err: Console) -> str:
    located = _located(config)
    if not located.config.officers.codes:
        raise fail(BadFile(config, [NO_CODES]))
    folder = located.path(located.config.roster.invitations)
    try:
        return leave_invitation(folder, role, name, utc_now() + timedelta(minutes=minutes))
    except (ValueError, OSError) as error:
        raise fail(error) from error


def write_broker_config(
    config: Path, to: Path, listener: broker_config.BrokerListener, err: Console
) -> Path:
    located = _located(config)
    section, hall = located.config.broker, located.config.hall
    try:
        if section.passwords is None:
            raise BadFile(config, ["broker.passwords: needed to write the broker's password file"])
        return broker_config.broker_config(
            to,
            hall=hall.id,
            hall_user=section.username,
            bridges=bridges.load(located.path(located.config.roster.bridges)),
            passwords=load_passwords(located.path(section.passwords)),
            listener=listener,
        )
    except (BadFile, OSError) as error:
        raise fail(error) from error
