"""What `hall trust` does: revocation data is fetched, or the presidium decides to go on without."""

from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from rich.console import Console
from rich.markup import escape

from audit.errors import Untrusted
from audit.trust import certificates
from hall_controller import decisions
from hall_controller.cli import fail
from hall_controller.clock import utc_now
from hall_controller.config import Located, load
from hall_controller.download import Download
from hall_controller.faults import BadFile, read_text
from hall_controller.trust_entries import WaiveRevocation
from hall_controller.trust_fetch import Fetching, Outcome

out = Console()
SOUND, LACKING = 0, 1
"""Exit codes of `fetch`: all of it is there; something could not be had, and what lay there stays."""


def _located(config: Path) -> Located:
    try:
        return load(config)
    except BadFile as error:
        raise fail(error) from error


def fetch(config: Path) -> int:
    located, good = _located(config), True
    try:
        with Download() as download:
            for outcome in Fetching(located, download).run(utc_now()):
                _say(outcome)
                good = good and outcome.fault is None
    except (BadFile, ValueError, OSError) as error:
        raise fail(error) from error
    return SOUND if good else LACKING


def _say(outcome: Outcome) -> None:
    good = outcome.fault is None
    mark = "[green]✓[/]" if good else "[bold red]✗[/]"
    rest = f": {outcome.fault}" if not good else f" until {outcome.until:%Y-%m-%d %H:%M} UTC"
    out.print(f"{mark} {outcome.what} {escape(outcome.source + rest)}", soft_wrap=True, highlight=False)


def waive(config: Path, by: list[str], reason: str, hours: float, authority: list[Path] | None) -> None:
    located = _located(config)
    files = authority or [located.path(path) for path in located.config.trust.ca]
    try:
        first, second = _two(by)
        listed = tuple(dict.fromkeys(one for file in files for one in _fingerprints(file)))
        asked = WaiveRevocation(listed, utc_now() + timedelta(hours=hours), reason, (first, second))
        asked.check(utc_now())
        decisions.leave(located.path(located.config.trust.decisions), asked)
    except (BadFile, ValueError, OSError) as error:
        raise fail(error) from error
    out.print(
        "The decision is left for the hall, which records it within seconds, or at its next start.",
        soft_wrap=True,
    )


def _two(by: list[str]) -> list[str]:
    if len(by) != 2:
        raise ValueError("two people decide this: --by NAME --by NAME")
    return by


def _fingerprints(file: Path) -> list[str]:
    try:
        ders = certificates(read_text(file))
    except Untrusted as error:
        raise BadFile(file, [str(error)]) from error
    return [x509.load_der_x509_certificate(der).fingerprint(hashes.SHA256()).hex() for der in ders]
