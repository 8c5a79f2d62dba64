"""A hall that is given what `hall pki` wrote: its cards sign in, until the next list names them."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from audit.errors import Untrusted
from audit.path import OFFICERS
from firmware_bridge.cards.piv import PivCard, Slot
from hall_controller.card_trust import CardTrust
from hall_controller.cli.demo.furnish import furnish
from hall_controller.config import load
from hall_controller.key_files import load_founding, load_revocation_list
from hall_controller.pki.authority import Authority
from hall_controller.pki.founding import found
from hall_controller.pki.profiles import Kind
from hall_controller.pki.station import Order
from simulators import scenario as scenarios
from simulators.card import SimulatedCard
from tests.hall_controller.pki.office import BY, PASSPHRASE, SETTINGS, Clock, opened, personalise, powered

SCENARIO = Path(__file__).parents[2] / "sittings" / "scenario.toml"
HOUR = timedelta(hours=1)


def relying(hall: Path, authority: Authority) -> CardTrust:
    """As the hall's start makes it of its files."""
    shutil.copy(authority.folder / "cards.pem", hall / "ca.pem")
    shutil.copy(authority.folder / "lists/cards.crl", hall / "crl.der")
    known = load_founding(load(hall / "hall.toml"))
    return CardTrust(known.ca, known.crl)


async def both(card: SimulatedCard) -> list[bytes]:
    piv = PivCard(await powered(card))
    await piv.select()
    return [await piv.certificate(slot) for slot in Slot]


async def test_a_hall_takes_the_cards_until_the_list_names_them(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    hall, clock = tmp_path / "hall", Clock(now)
    furnish(hall, scenarios.parse(SCENARIO.read_text("utf-8")), rows=1)
    found(tmp_path / "pki", SETTINGS, PASSPHRASE, now, BY)
    member, officer = SimulatedCard.blank(), SimulatedCard.blank()
    with opened(tmp_path / "pki") as authority:
        await personalise(authority, member, Order("dbqh-001", "Đại biểu số 001"), clock=clock)
        order = replace(Order("sec-1", "Thư ký"), kind=Kind.OFFICER)
        await personalise(authority, officer, order, clock=clock)
        authority.publish(clock())
        trust = relying(hall, authority)
        for der in await both(member):
            assert trust.judge(der, clock.at).member == "dbqh-001", "9A signs in, 9C signs ballots"
        sign_in, _ = await both(officer)
        assert trust.judge(sign_in, clock.at, OFFICERS).member == "sec-1"
        serials = [one.serial for one in authority.register.of("dbqh-001")]
        authority.revoke(serials, "lost", clock.at + HOUR)
        lists = {path.stem: path for path in authority.publish(clock.at + HOUR)}
        new = load_revocation_list(lists["cards"])
        trust.check_list(new, clock.at + HOUR)
        trust.holds([new])
        for der in await both(member):
            with pytest.raises(Untrusted, match="revoked"):
                trust.judge(der, clock.at + HOUR)
        assert trust.judge(sign_in, clock.at + HOUR, OFFICERS).member == "sec-1"
