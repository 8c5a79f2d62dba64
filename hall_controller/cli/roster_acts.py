"""What `hall roster` does. A hall reads its roster when it starts: import it before."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from hall_controller import config as configuration
from hall_controller.cli import err, fail, out
from hall_controller.clock import utc_now
from hall_controller.faults import BadFile, Gathering
from hall_controller.pki.durable import replace_file
from hall_controller.roster import Roster, load_members, load_seats, members_csv, seats_csv


def check(members: Path, seats: Path) -> None:
    with said():
        found = _read(members, seats)
    _tell(found)


def take(config: Path, members: Path | None, seats: Path | None) -> None:
    """The seats go first: a power cut in between leaves members who are checked at the next start."""
    with said():
        own_members, own_seats = _own(config)
        _needed(members, seats)
        found = _read(members or own_members, seats or own_seats)
        if seats:
            replace_file(own_seats, seats_csv(found.seats))
        if members:
            replace_file(own_members, members_csv(found))
    _tell(found)


def export(config: Path, members: Path | None, seats: Path | None) -> None:
    with said():
        _needed(members, seats)
        found = _read(*_own(config))
        if seats:
            replace_file(seats, seats_csv(found.seats))
        if members:
            replace_file(members, members_csv(found))
    _tell(found)


@contextmanager
def said() -> Iterator[None]:
    try:
        yield
    except BadFile as error:
        err.print("[bold red]✗[/] Chưa nhận gì. · Nothing was taken.")
        raise fail(error) from error
    except OSError as error:
        raise fail(error) from error


def _own(config: Path) -> tuple[Path, Path]:
    located = configuration.load(config)
    return located.path(located.config.roster.members), located.path(located.config.roster.seats)


def _needed(members: Path | None, seats: Path | None) -> None:
    if members is None and seats is None:
        raise typer.BadParameter("say --members FILE, or --seats FILE, or both")


def _read(members: Path, seats: Path) -> Roster:
    """Both files. Raises BadFile with every fault of both, each by its file's name."""
    gathering = Gathering(members)
    places = gathering.read(lambda: load_seats(seats))
    found = gathering.read(lambda: load_members(members, places))
    gathering.judge()
    assert found is not None
    return found


def _tell(found: Roster) -> None:
    today = len(found.on(utc_now().date()))
    said = f"{len(found.members)} members ({today} in office today), {len(found.seats)} seats"
    out.print(f"[bold green]●[/] {said}", highlight=False)
