"""`hall pki personalise` and `unblock`: a card in a reader, waited for; whose it becomes, by the roster."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import typer
from rich.markup import escape

from firmware_bridge.cards.errors import CardGone
from firmware_bridge.cards.personalise import KeyKind
from firmware_bridge.ports import StationConnection
from hall_controller.cli import err, out
from hall_controller.cli.pki_acts import opened, said
from hall_controller.cli.pki_asking import Terminal
from hall_controller.cli.pki_person import Person
from hall_controller.clock import utc_now
from hall_controller.pki.authority import Authority
from hall_controller.pki.errors import Declined
from hall_controller.pki.register import Card
from hall_controller.pki.station import Station as AtWork

WAIT_FOR_CARD_S = 60.0
_LOOK_EVERY_S = 0.3


@dataclass(frozen=True, slots=True)
class Station:
    """Which reader, and how its people answer."""

    reader: str
    pad: bool
    pin_fd: int | None
    yes: bool


def personalise(
    folder: Path, fd: int | None, by: str, station: Station, person: Person, key: str,
    replaces: str | None, again: bool,
) -> None:  # fmt: skip
    kinds = {kind.value[0]: kind for kind in KeyKind}
    if key not in kinds:
        raise typer.BadParameter(f"the key is one of {', '.join(kinds)}")
    with said():
        order = replace(person.order(), key=kinds[key], replaces=replaces, again=again)
        with opened(folder, fd, by) as authority:
            revoked = len(authority.register.revoked())
            try:
                _at_the_station(authority, station, lambda at_work: at_work.personalise(order))
            finally:
                # Also what a run that was cut off revoked is to be in force.
                if len(authority.register.revoked()) != revoked:
                    authority.publish(utc_now())
    out.print(
        f"[bold green]●[/] {escape(order.holder)}: {escape(order.name)}", highlight=False, emoji=False
    )


def unblock(folder: Path, fd: int | None, by: str, station: Station) -> None:
    with said(), opened(folder, fd, by) as authority:
        card = _at_the_station(authority, station, lambda at_work: at_work.unblock())
    out.print(f"[bold green]●[/] {escape(card.holder)}", highlight=False, emoji=False)


def _at_the_station(
    authority: Authority, station: Station, act: Callable[[AtWork], Awaitable[Card]]
) -> Card:
    desk = Terminal(err, station.pad, station.pin_fd, station.yes)

    async def run() -> Card:
        connection = await _card_in(station.reader)
        try:
            return await act(AtWork(authority, connection, desk, utc_now))
        finally:
            await connection.close()

    return asyncio.run(run())


async def _card_in(reader: str) -> StationConnection:
    """The card in that reader, waited for. Raises Declined, CardBusy, CardUnreadable."""
    from firmware_bridge.cards.pcsc_reader import PcscReaders, reader_names

    try:
        names = reader_names()
    except CardGone as gone:
        raise Declined(
            "no_pcsc", "Dịch vụ đầu đọc thẻ (pcscd) không chạy.", "The PC/SC service (pcscd) isn't running."
        ) from gone
    if reader not in names:
        there = ", ".join(names) or "–"
        raise Declined(
            "no_reader", f"Không có đầu đọc “{reader}”. Đang có: {there}.",
            f"There is no reader “{reader}”. There are: {there}.",
        )  # fmt: skip
    readers, until = PcscReaders({reader: "station"}), time.monotonic() + WAIT_FOR_CARD_S
    err.print(f"[cyan] ·[/] {escape(reader)}: đưa thẻ vào · put the card in", highlight=False, emoji=False)
    while True:
        try:
            return await readers.connect("station")
        except CardGone:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(_LOOK_EVERY_S)
