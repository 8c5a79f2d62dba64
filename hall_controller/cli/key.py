"""`hall key`: the small secrets that hall, bridges and consoles know each other by."""

from pathlib import Path
from typing import Annotated, Literal

import typer

key = typer.Typer(
    help="Keys of hall, bridges and consoles: made, and shown to the others.", no_args_is_help=True
)


Kind = Literal["signing", "console", "password"]


@key.command()
def new(
    file: Annotated[Path, typer.Argument(help="Where the secret goes; nothing is overwritten.")],
    kind: Annotated[
        Kind,
        typer.Option(
            help="signing: a hall's or a bridge's. console: a seat unit's. password: for the broker."
        ),
    ] = "signing",
) -> None:
    """Makes a secret. Of a signing key it prints the public half, for the others' files."""
    from hall_controller.cli import fail, key_acts, out

    try:
        said = key_acts.make(file, kind)
    except key_acts.KeyProblem as error:
        raise fail(error) from error
    out.print(said, soft_wrap=True, highlight=False, markup=False)


@key.command()
def show(file: Annotated[Path, typer.Argument(help="A signing key that was made before.")]) -> None:
    """Prints a signing key's public half: for `bridges.toml` and `hall_keys`."""
    from hall_controller.cli import fail, key_acts, out

    try:
        said = key_acts.public_half(file)
    except key_acts.KeyProblem as error:
        raise fail(error) from error
    out.print(said, soft_wrap=True, highlight=False, markup=False)
