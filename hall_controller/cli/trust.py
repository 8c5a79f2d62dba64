"""`hall trust`: the commands. What they do is in `trust_acts`, imported when it is asked for."""

from pathlib import Path
from typing import Annotated, Any

import typer

trust = typer.Typer(help="Which cards were revoked, and who decides without knowing.", no_args_is_help=True)

Config = Annotated[Path, typer.Option("--config", "-c", help="The hall's configuration.")]
MOST_HOURS = 23
"""`audit.waiver.LONGEST` is a day from the hall's clock on; this machine's may be a little before it."""


def _acts() -> Any:
    from hall_controller.cli import trust_acts

    return trust_acts


@trust.command()
def fetch(config: Config = Path("hall.toml")) -> None:
    """Fetches revocation lists and OCSP answers before a sitting. Exits 1 where one could not be had."""
    raise typer.Exit(_acts().fetch(config))


@trust.command()
def waive(
    by: Annotated[list[str], typer.Option(help="Who decides: give it twice, two people's names.")],
    reason: Annotated[str, typer.Option(help="Why cards are taken without revocation data.")],
    hours: Annotated[float, typer.Option(min=0.1, max=MOST_HOURS, help="How long it holds.")] = 4.0,
    authority: Annotated[
        list[Path] | None, typer.Option(help="PEM of the authority; left out: all of the hall's.")
    ] = None,
    config: Config = Path("hall.toml"),
) -> None:
    """Leaves the presidium's decision for the hall, which records it. Revoked cards stay refused."""
    _acts().waive(config, by, reason, hours, authority)
