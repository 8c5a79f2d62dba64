"""A sitting that begins without any list of revoked cards: nobody gets in, two decide, a list comes."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from hall_controller.cli.demo.furnish import BrokerChoice, furnish
from tests.broker import free_port
from tests.hall_controller.test_trust_fetch import Web
from tests.sittings.furnishing import hall_command, shorten_grace
from tests.sittings.hall_under_test import SCENARIO, SITTING, HallUnderTest, Place, choices, says, until
from tests.sittings.proof import anchor_of
from tests.sittings.test_revoked_mid_sitting import issued

REASON = "Trung tâm chứng thực mất kết nối"


async def hall_says(hall: HallUnderTest, *arguments: str | Path) -> str:
    done = await asyncio.to_thread(hall_command, *arguments, "--config", hall.furnished.config)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def test_two_people_decide_and_the_log_says_so(tmp_path: Path) -> None:
    web = Web()
    furnished = furnish(tmp_path / "hall", SCENARIO, rows=1, broker=BrokerChoice("embedded", free_port()))
    shorten_grace(furnished.folder)
    without_lists(furnished.folder, web)
    hall = HallUnderTest(furnished, Place())
    try:
        await hall.start()
        await sat(hall, web)
    finally:
        await hall.stop()
        web.close()


def without_lists(folder: Path, web: Web) -> None:
    """The configuration names an address, and no file."""
    words = (folder / "hall.toml").read_text("utf-8")
    fetched = f'fetched = "fetched"\nurls = ["{web.base}/cards.crl"]'
    assert 'crl = ["crl.der"]' in words
    (folder / "hall.toml").write_text(words.replace('crl = ["crl.der"]', fetched), "utf-8")
    (folder / "crl.der").unlink()


async def sat(hall: HallUnderTest, web: Web) -> None:
    early, lost = hall.row[0], hall.row[1]
    card, certificate = issued(hall, lost)
    await hall.officer.act("open_sitting")
    early.seat.insert(issued(hall, early)[0])
    await until(lambda: "CHUA KIEM TRA DUOC" in says(early), what=says(early))
    # Two people decide: from then on cards are taken unchecked, and the log says so.
    await hall_says(
        hall, "trust", "waive", "--by", "Nguyễn Thị A", "--by", "Trần Văn B", "--reason", REASON
    )
    await until(lambda: "RevocationWaived" in hall.seen().types())
    early.seat.pull()
    lost.seat.insert(card)
    others = [person for person in hall.people if person is not lost]
    hall.crowd.arrive([person.member for person in hall.people], 0.2)
    await hall.officer.until(lambda view: view["sitting"]["present"] == len(hall.people))
    await hall.open_vote()
    await hall.vote({lost.member: "approve"})
    # The authority is back: its list names one of the cards.
    authority, now = hall.furnished.authority, datetime.now(UTC)
    authority.revoke(certificate, now)
    newest = authority.crl(now)
    web.served["/cards.crl"] = lambda _: newest
    assert "list" in await hall_says(hall, "trust", "fetch")
    await until(lambda: "THE DA BI THU HOI" in says(lost), what=says(lost))
    await hall.vote(choices(others, "approve", "reject"))
    result = await hall.close_and_declare()
    assert result["participated"] == len(hall.people)
    await hall.adjourn()
    out = hall.furnished.folder / "export"
    await hall_says(hall, "export", SITTING, "--out", out, "--for", "auditor")
    anchor = anchor_of(hall, hall.furnished.folder / "anchor.toml")
    verified = await asyncio.to_thread(hall_command, "verify", out, "--anchor", anchor, "--for", "auditor")
    assert verified.returncode == 0, verified.stdout
    assert "revocation_waived" in verified.stdout
    assert REASON.split()[0] in verified.stdout
