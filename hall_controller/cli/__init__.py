"""The `hall` command: each subcommand a few lines.

What a subcommand does is imported when it is asked for: `hall verify` and `hall rules check` need the
base install only.
"""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.markup import escape

from hall_controller.cli.key import key
from hall_controller.cli.pki import pki
from hall_controller.cli.roster import roster
from hall_controller.cli.trust import trust

app = typer.Typer(
    name="hall",
    help="Diên Hồng: votes in a session hall, recorded for good, for anyone to count again.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
rules = typer.Typer(help="The rules of chambers.", no_args_is_help=True)
app.add_typer(rules, name="rules")
app.add_typer(key, name="key")
app.add_typer(pki, name="pki")
app.add_typer(roster, name="roster")
app.add_typer(trust, name="trust")

out = Console()
err = Console(stderr=True)
USAGE = 2
"""Exit code where nothing could be done: a file is missing, wrong, or in the way."""

Config = Annotated[Path, typer.Option("--config", "-c", help="The hall's configuration.")]


def _there(what: str) -> Any:
    """A file that must be there; the broker may be started from another folder."""
    return typer.Option(help=what, exists=True, dir_okay=False, resolve_path=True)


def fail(error: Exception) -> typer.Exit:
    """Says what is wrong, one line a fault, and gives the exit to raise."""
    faults = getattr(error, "faults", None)
    if faults:
        err.print(f"[bold red]✗[/] {escape(str(getattr(error, 'path', '')))}", soft_wrap=True)
        for fault in faults:
            err.print(f"  • {escape(fault)}", soft_wrap=True, highlight=False)
    else:
        err.print(f"[bold red]✗[/] {escape(str(error))}", soft_wrap=True, highlight=False)
    return typer.Exit(USAGE)


@app.command()
def verify(
    directory: Annotated[Path | None, typer.Argument(help="What `hall export` wrote.")] = None,
    anchor: Annotated[
        Path | None, typer.Option(help="What you hold yourself: verifier key, CA roots, a checkpoint seen.")
    ] = None,
    reader: Annotated[
        Literal["public", "auditor"] | None,
        typer.Option(
            "--for", help="Whom it was made for: what this reader lacks or should not see is found."
        ),
    ] = None,
    seen: Annotated[
        list[str] | None,
        typer.Option(
            help="A checkpoint photographed from a wall: a file, or the QR's text. As often as needed."
        ),
    ] = None,
    proof: Annotated[
        Path | None, typer.Option(help="A member's proof, or one entry's .tlog-proof, to be checked.")
    ] = None,
) -> None:
    """Checks an exported log offline and counts its votes again, or a proof. Exits 1 on any finding."""
    from hall_controller.verify import verify as verify_export
    from hall_controller.verify import verify_proof

    if directory is None and (proof is None or anchor is None or seen or reader):
        raise typer.BadParameter("give the exported directory, or a --proof with your --anchor")
    code = 0 if directory is None else verify_export(directory, anchor, out, reader, seen or ())
    if proof is not None:
        code = max(code, verify_proof(proof, anchor, directory, out))
    raise typer.Exit(code)


@app.command()
def prove(
    directory: Annotated[Path, typer.Argument(help="What `hall export` wrote.")],
    member: Annotated[str, typer.Option(help="Whose ballots: the member's id on the roll.")],
    vote: Annotated[str | None, typer.Option(help="One vote; without it all that are shown.")] = None,
    to: Annotated[Path | None, typer.Option("--out", help="The file to write; MEMBER.proof.json.")] = None,
) -> None:
    """Proves one member's ballots, or that there is none: one file, for `hall verify --proof`."""
    from hall_controller.export.errors import ExportFailed
    from hall_controller.prove import prove as make

    file = to or Path(f"{member}.proof.json")
    try:
        made = make(directory, member, vote, file)
    except ExportFailed as error:
        raise fail(error) from error
    err.print(f"[bold green]✓[/] {file}: {member} in {len(made.votes)} votes", soft_wrap=True)
    err.print(f"  check it: hall verify --proof {file} --anchor YOUR-ANCHOR.toml", soft_wrap=True)


@rules.command("check")
def rules_check(file: Annotated[Path, typer.Argument(help="Published votes, as JSON.")]) -> None:
    """Counts published votes again under the shipped rules. Exits 1 on any mismatch."""
    from hall_controller.rules_check import run

    raise typer.Exit(run(file, out))


@app.command()
def run(config: Config = Path("hall.toml")) -> None:
    """Runs the hall's controller until it is told to stop (Ctrl-C, SIGTERM)."""
    from hall_controller.cli.serve import serve

    serve(config, err)


@app.command()
def bridge(config: Config = Path("bridge.toml")) -> None:
    """Serves one row of seats: its serial line and card readers, MQTT upwards."""
    from hall_controller.cli.bridge import serve

    serve(config, err)


@app.command()
def export(
    sitting: Annotated[str, typer.Argument(help="The sitting's id: the log from entry 0 to its end.")],
    to: Annotated[Path, typer.Option("--out", help="A directory that doesn't exist yet.")],
    reader: Annotated[Literal["public", "auditor"], typer.Option("--for", help="Who will read it.")],
    config: Config = Path("hall.toml"),
) -> None:
    """Writes the log as a directory of files that anyone can verify."""
    from hall_controller.cli.export import export as write

    write(config, sitting, to, reader, err)


@app.command()
def invite(
    role: Annotated[Literal["officer", "auditor"], typer.Argument(help="What the code opens.")],
    name: Annotated[str, typer.Argument(help="Whose code it is; an officer's acts are logged by it.")],
    minutes: Annotated[int, typer.Option(min=1, max=24 * 60, help="How long the code is good.")] = 15,
    config: Config = Path("hall.toml"),
) -> None:
    """Makes a one-time sign-in code for an officer or an auditor."""
    from hall_controller.cli.serve import invite as make

    out.print(make(config, role, name, minutes, err), highlight=False)


@app.command("broker-config")
def broker_config(
    to: Annotated[Path, typer.Option("--out", help="The folder for Mosquitto's files.")],
    host: Annotated[str, typer.Option(help="Where Mosquitto listens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 1883,
    tls_cert: Annotated[Path | None, _there("Needed beyond loopback.")] = None,
    tls_key: Annotated[Path | None, _there("Of the certificate.")] = None,
    tls_ca: Annotated[
        Path | None, _there("Where the hall and its bridges show certificates too: who issued them.")
    ] = None,
    config: Config = Path("hall.toml"),
) -> None:
    """Writes Mosquitto's configuration, passwords and topic rights for this hall and its bridges."""
    from hall_controller.broker_config import BrokerListener
    from hall_controller.cli.serve import write_broker_config

    listener = BrokerListener(host, port, tls_cert, tls_key, tls_ca)
    conf = write_broker_config(config, to, listener, err)
    out.print(f"mosquitto -c {conf}", highlight=False, soft_wrap=True)


@app.command()
def demo(
    headless: Annotated[bool, typer.Option(help="Play once, verify, print one JSON object, exit.")] = False,
    visit: Annotated[bool, typer.Option(help="Straight to the visitor's own sitting.")] = False,
    scenario: Annotated[str, typer.Option(help="A sitting as data.")] = "three-sittings",
    seed: Annotated[int, typer.Option(help="What is not published is drawn from it.")] = 2019,
    folder: Annotated[Path | None, typer.Option(help="Where the demo's hall is kept.")] = None,
) -> None:
    """A hall of 500 simulated seats on this machine plays real sittings, then it is the visitor's."""
    from hall_controller.cli.demo import demo as play

    if headless and visit:
        raise typer.BadParameter("--headless plays what --visit leaves out")
    raise typer.Exit(play(headless=headless, visit=visit, scenario=scenario, seed=seed, folder=folder))


def main() -> None:
    try:
        app()
    except ModuleNotFoundError as missing:
        # The base install is for whoever verifies; halls and bridges need its extras.
        err.print(
            f"[bold red]✗[/] {missing.name} is not installed. This needs more than the base install: "
            + escape("dien-hong[hall], and dien-hong[cards] for card readers."),
            soft_wrap=True,
        )
        raise SystemExit(USAGE) from missing
