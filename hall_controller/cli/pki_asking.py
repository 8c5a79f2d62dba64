"""What `hall pki` asks people: secrets on a prompt or a file descriptor, never on the command line."""

import getpass
import os
import sys
import warnings
from dataclasses import dataclass, field
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape

from firmware_bridge.cards.management_key import ManagementAlgorithm
from firmware_bridge.cards.piv import PAD, Pad
from hall_controller.pki import pin_choice
from hall_controller.pki.station_texts import QUESTIONS, STEPS

_LONGEST_SECRET = 1024


def from_descriptor(number: int) -> str:
    """The first line of an open file descriptor. Raises typer.BadParameter where none is open."""
    try:
        with os.fdopen(os.dup(number), "rb") as file:
            return file.readline(_LONGEST_SECRET).decode("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"file descriptor {number}: {error}") from error


def hidden(vi: str, en: str, *, again: bool = False) -> str:
    """Typed unseen; twice where it is new. Raises typer.BadParameter where there is no terminal."""
    while True:
        typed = _typed(f"{vi} / {en}: ")
        if not again or _typed("Một lần nữa / Once more: ") == typed:
            return typed
        typer.echo("Hai lần gõ khác nhau. / The two differ.", err=True)


def _typed(prompt: str) -> str:
    with warnings.catch_warnings():
        # Without a terminal getpass would show what is typed.
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return getpass.getpass(prompt)
        except (getpass.GetPassWarning, EOFError) as error:
            raise typer.BadParameter("there is no terminal to ask on: use a file descriptor") from error


def passphrase(descriptor: int | None, *, new: bool = False) -> str:
    if descriptor is not None:
        return from_descriptor(descriptor)
    return hidden("Mật khẩu kho khóa", "Passphrase of the vault", again=new)


def confirmed(vi: str, en: str, yes: bool) -> bool:
    """`yes`: it was said on the command line already."""
    return yes or typer.confirm(f"{vi}\n{en}", default=False, err=True)


@dataclass
class Terminal:
    """The station's people, at a terminal."""

    err: Console
    pad: bool = False
    pin_fd: int | None = None
    yes: bool = False
    step: int = field(default=0, init=False)

    def tell(self, step: str, **facts: str) -> None:
        self.step += 1
        vi, en = (text.format(**facts) for text in STEPS[step])
        self.err.print(
            f"[cyan]{self.step:2}[/] {escape(vi)} · {escape(en)}",
            highlight=False,
            emoji=False,
            soft_wrap=True,
        )

    def confirm(self, question: str, **facts: str) -> bool:
        vi, en = (text.format(**facts) for text in QUESTIONS[question])
        return confirmed(vi, en, self.yes)

    def new_pin(self) -> bytes | Pad:
        if self.pad:
            return PAD
        if self.pin_fd is not None:
            return from_descriptor(self.pin_fd).encode()
        while True:
            typed = hidden("PIN mới, 6 đến 8 chữ số", "New PIN, six to eight digits", again=True).encode()
            if pin_choice.fit(typed):
                return typed
            typer.echo("\n".join(pin_choice.OBJECTION), err=True)

    def transport_key(self, algorithm: ManagementAlgorithm) -> bytes | None:
        vi = f"Khóa vận chuyển {algorithm.name} của thẻ, dạng hex"
        return self._asked(vi, f"The card's transport key ({algorithm.name}), in hex", bytes.fromhex)

    def transport_puk(self) -> bytes | None:
        return self._asked("PUK vận chuyển của thẻ", "The card's transport PUK", str.encode)

    def _asked(self, vi: str, en: str, read: Any) -> bytes | None:
        """None where nobody sits there to be asked, or nothing is known."""
        if not sys.stdin.isatty():
            return None
        typed = hidden(f"{vi} (Enter: không có)", f"{en} (Enter: none)").strip()
        try:
            return read(typed) if typed else None
        except ValueError as error:
            raise typer.BadParameter(f"not hexadecimal: {error}") from error
