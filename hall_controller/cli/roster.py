"""`hall roster`: members and seats from CSV into a hall's files and out again, taken whole or not."""

from pathlib import Path
from typing import Annotated

import typer

roster = typer.Typer(help="Who is a member, and where they sit.", no_args_is_help=True)

Config = Annotated[Path, typer.Option("--config", "-c", help="The hall's configuration.")]
Members = Annotated[Path | None, typer.Option(help="id,name,delegation,since,until,weight,seat")]
Seats = Annotated[Path | None, typer.Option(help="seat,block")]


@roster.command()
def check(
    members: Annotated[Path, typer.Option(help="id,name,delegation,since,until,weight,seat")],
    seats: Annotated[Path, typer.Option(help="seat,block")],
) -> None:
    """Names every fault of both files; changes nothing."""
    from hall_controller.cli import roster_acts

    roster_acts.check(members, seats)


@roster.command("import")
def take(members: Members = None, seats: Seats = None, config: Config = Path("hall.toml")) -> None:
    """Puts new members or seats, or both, in the place of the hall's: all of it, or nothing."""
    from hall_controller.cli import roster_acts

    roster_acts.take(config, members, seats)


@roster.command()
def export(members: Members = None, seats: Seats = None, config: Config = Path("hall.toml")) -> None:
    """Writes the hall's members or seats, or both, to these files."""
    from hall_controller.cli import roster_acts

    roster_acts.export(config, members, seats)
