"""`hall pki`: the authority's commands. What they do is in `pki_acts`, imported when it is asked for.

No passphrase, PIN, PUK or key is ever an argument: processes' arguments are seen by everybody on a machine.
"""

from pathlib import Path
from typing import Annotated, Any

import typer

pki = typer.Typer(help="The chamber's own authority: cards, certificates, lists.", no_args_is_help=True)

Folder = Annotated[Path, typer.Option("--dir", help="The authority's folder.")]
By = Annotated[
    str, typer.Option(envvar="HALL_OFFICER", help="Your officer's id: each act is registered under it.")
]
PassphraseFd = Annotated[
    int | None, typer.Option(help="Read the vault's passphrase from this file descriptor.")
]
Yes = Annotated[bool, typer.Option("--yes", help="What would be asked for confirmation is confirmed.")]
Reader = Annotated[str, typer.Option(help="The reader's PC/SC name, in full.")]
PinFd = Annotated[int | None, typer.Option(help="Read the new PIN from this file descriptor.")]
PinPad = Annotated[bool, typer.Option("--pad", help="The PIN is typed on the reader's own keys.")]
Members = Annotated[Path, typer.Option(help="The roster that names the member.")]
KEPT = Path("pki")


def _acts() -> Any:
    from hall_controller.cli import pki_acts

    return pki_acts


@pki.command()
def init(
    name: Annotated[str, typer.Option(help="The authority's name.")],
    organisation: Annotated[str, typer.Option(help="The chamber's name.")],
    by: By,
    country: Annotated[str, typer.Option(help="Two letters.")] = "VN",
    utc_offset: Annotated[str, typer.Option(help="The chamber's time, for cards of one day.")] = "+07:00",
    crl_url: Annotated[str | None, typer.Option(help="Where the list of revoked cards will be.")] = None,
    folder: Folder = KEPT,
    passphrase_fd: PassphraseFd = None,
) -> None:
    """Founds an authority: a root, below it one for cards and one for TLS."""
    _acts().init(folder, passphrase_fd, by, name, organisation, country, utc_offset, crl_url)


@pki.command("import-chain")
def import_chain(
    file: Annotated[Path, typer.Argument(help="The state's authorities, PEM.")],
    by: By,
    name: Annotated[str, typer.Option("--as", help="What to call it here.")] = "state",
    fingerprint: Annotated[
        str | None, typer.Option(help="SHA-256 of its root, as the state published it.")
    ] = None,
    folder: Folder = KEPT,
    passphrase_fd: PassphraseFd = None,
) -> None:
    """Checks a state's chain and keeps it, after its fingerprint was compared."""
    _acts().import_chain(folder, passphrase_fd, by, file, name, fingerprint)


@pki.command()
def issue(
    csr: Annotated[Path, typer.Argument(help="A certificate request (PEM); only its key is taken.")],
    out: Annotated[Path, typer.Option(help="Where the certificate is written.")],
    by: By,
    member: Annotated[str | None, typer.Option(help="For a member, by id.")] = None,
    officer: Annotated[str | None, typer.Option(help="For an officer, by id.")] = None,
    server: Annotated[list[str] | None, typer.Option(help="For a TLS server: host or address.")] = None,
    device: Annotated[str | None, typer.Option(help="For a bridge or the hall: its user's name.")] = None,
    name: Annotated[str | None, typer.Option(help="An officer's name.")] = None,
    members: Members = Path("members.csv"),
    folder: Folder = KEPT,
    passphrase_fd: PassphraseFd = None,
) -> None:
    """Makes a certificate for a key that was made elsewhere: in a token, a server, a bridge."""
    _acts().issue(folder, passphrase_fd, by, csr, out, member, officer, server, device, name, members)


@pki.command()
def personalise(
    reader: Reader,
    by: By,
    member: Annotated[str | None, typer.Option(help="Whose card it becomes.")] = None,
    officer: Annotated[str | None, typer.Option(help="Or this officer's.")] = None,
    name: Annotated[str | None, typer.Option(help="The officer's name.")] = None,
    provisional: Annotated[
        str | None,
        typer.Option(help="For one sitting day, YYYY-MM-DD: a member's own was forgotten."),
    ] = None,
    key: Annotated[str, typer.Option(help="p256, p384 or rsa2048.")] = "p256",
    replaces: Annotated[
        str | None, typer.Option(help="Revoke what the holder has in force, for this reason.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="The card in the reader may be in force.")] = False,
    pad: PinPad = False,
    pin_fd: PinFd = None,
    members: Members = Path("members.csv"),
    yes: Yes = False,
    folder: Folder = KEPT,
    passphrase_fd: PassphraseFd = None,
) -> None:
    """Makes a blank PIV card somebody's: keys made on the card, certificates, PIN, PUK. Can be rerun."""
    from hall_controller.cli import pki_station
    from hall_controller.cli.pki_person import Person

    station = pki_station.Station(reader, pad, pin_fd, yes)
    wanted = Person(member, officer, name, members, provisional)
    pki_station.personalise(folder, passphrase_fd, by, station, wanted, key, replaces, again)


@pki.command()
def unblock(
    reader: Reader,
    by: By,
    pad: PinPad = False,
    pin_fd: PinFd = None,
    folder: Folder = KEPT,
    passphrase_fd: PassphraseFd = None,
) -> None:
    """Gives a blocked card a new PIN, by the PUK in the vault."""
    from hall_controller.cli import pki_station

    station = pki_station.Station(reader, pad, pin_fd, yes=True)
    pki_station.unblock(folder, passphrase_fd, by, station)


@pki.command()
def revoke(
    reason: Annotated[str, typer.Option(help="lost, keyCompromise, superseded, affiliationChanged, …")],
    by: By,
    serial: Annotated[list[str] | None, typer.Option(help="A certificate, by its number in hex.")] = None,
    holder: Annotated[str | None, typer.Option(help="All that this member or officer has.")] = None,
    card: Annotated[str | None, typer.Option(help="All that is on this card, by its number.")] = None,
    yes: Yes = False,
    folder: Folder = KEPT,
    passphrase_fd: PassphraseFd = None,
) -> None:
    """Revokes certificates and publishes new lists. For good: nothing takes it back."""
    _acts().revoke(folder, passphrase_fd, by, reason, serial or [], holder, card, yes)


@pki.command()
def crl(
    by: By,
    days: Annotated[int | None, typer.Option(min=1, max=31, help="Until the next one is due.")] = None,
    folder: Folder = KEPT,
    passphrase_fd: PassphraseFd = None,
) -> None:
    """Publishes the lists of revoked certificates anew."""
    _acts().crl(folder, passphrase_fd, by, days)


@pki.command("list")
def show(
    kind: Annotated[str | None, typer.Option(help="member, provisional, officer, server, device.")] = None,
    holder: Annotated[str | None, typer.Option(help="One member's or officer's.")] = None,
    folder: Folder = KEPT,
) -> None:
    """Shows what was issued to whom, by whom and when; needs no passphrase."""
    _acts().show(folder, kind, holder)


@pki.command("import-cards")
def import_cards(
    file: Annotated[Path, typer.Argument(help="card,member,kind,since,until")],
    by: By,
    members: Members = Path("members.csv"),
    folder: Folder = KEPT,
    passphrase_fd: PassphraseFd = None,
) -> None:
    """Takes a list of cards that a state's authority issued into the register: all of it, or nothing."""
    _acts().import_cards(folder, passphrase_fd, by, file, members)


@pki.command("export-cards")
def export_cards(
    out: Annotated[Path, typer.Argument(help="Where the list is written.")],
    own: Annotated[bool, typer.Option("--own", help="What this authority issued, in that form.")] = False,
    folder: Folder = KEPT,
) -> None:
    """Writes the imported list of cards: the same bytes. Or with --own what was issued here."""
    _acts().export_cards(folder, out, own)
