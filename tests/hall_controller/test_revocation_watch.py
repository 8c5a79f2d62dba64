"""A new list of revoked cards is seen: what it ends, a store that fails meanwhile, one bad file of two."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from audit.errors import Untrusted
from hall_controller.card_trust import CardTrust
from hall_controller.clock import utc_now
from hall_controller.revocation_watch import RevocationWatch
from hall_controller.sessions import SessionKeys
from hall_controller.store import open_sqlite
from hall_controller.trust_files import TrustFiles
from simulators.authority import Authority
from simulators.bus import SimulatedBus
from tests.hall_controller.chamber import START, Chamber, seated, started
from tests.hall_controller.failing_store import FailingStore
from tests.hall_controller.test_intake_phones import Phone, bound, intake_of
from tests.hall_on_bus import HallOnBus, on_simulated, until


async def test_the_phone_that_the_card_bound_is_ended_too(tmp_path: Path) -> None:
    """Seat and phone speak for one card; another member's go on."""
    async with HallOnBus(tmp_path, on_simulated(SimulatedBus()), network=2) as here:
        assert here.controller is not None
        victim, other = here.everybody
        await here.open_sitting()
        await here.all_signed_in()
        phone = Phone()
        await bound(here, victim, phone)
        assert intake_of(here).phones.session_of(phone.signer.kid) is not None
        await here.restart_controller()
        here.authority.revoke(victim.certificate, utc_now())
        (tmp_path / "crl.der").write_bytes(here.authority.crl(utc_now()))
        await here.controller.revocation.look()
        attendance = here.hall.meeting.attendance
        assert [one.member for one in attendance.sessions.values()] == [other.member.id]
        assert victim.member.id in attendance.present
        assert intake_of(here).phones.session_of(phone.signer.kid) is None
        await until(lambda: "THE DA BI THU HOI" in victim.text)
        assert "KINH CHAO" in other.text
        lists = here.hall.revocation_lists
        await here.controller.revocation.look()
        assert here.hall.revocation_lists == lists


def _revoked(chamber: Chamber, trust: CardTrust) -> bool:
    try:
        trust.judge(chamber.people[0].card.certificate, chamber.clock())
    except Untrusted as no:
        return no.code == "revoked"
    return False


async def test_a_list_that_could_not_be_recorded_is_recorded_later(tmp_path: Path) -> None:
    """Meanwhile nobody gets in with the card: a verifier may find no sign-in that should not be there."""
    chamber, store, file = Chamber(), FailingStore(open_sqlite(tmp_path / "hall.db")), tmp_path / "crl.der"
    hall = await started(chamber, store)
    await seated(chamber, hall)
    trust = CardTrust(chamber.known.ca, hall.revocation_lists)
    watch = RevocationWatch(TrustFiles((file,)), hall, chamber.known, trust, SessionKeys())
    chamber.authority.revoke(chamber.people[0].card.certificate, START)
    file.write_bytes(chamber.authority.crl(START))
    store.fail("before")
    await watch.look()
    assert len(hall.revocation_lists) == 1
    assert _revoked(chamber, trust)
    await watch.look()
    assert len(hall.revocation_lists) == 2
    assert _revoked(chamber, trust)
    await hall.close()
    again = await started(chamber, open_sqlite(tmp_path / "hall.db"))
    assert len(again.revocation_lists) == 2
    await again.close()


async def test_one_authoritys_bad_list_does_not_hold_up_another(tmp_path: Path) -> None:
    chamber, former = Chamber(), Authority(START, "Former CA")
    known = replace(
        chamber.known,
        ca=(chamber.authority.root, former.root),
        crl=(chamber.crl, former.crl(START)),
    )
    hall = await started(chamber, open_sqlite(tmp_path / "hall.db"))
    trust = CardTrust(known.ca, known.crl)
    files = tmp_path / "former.der", tmp_path / "crl.der"
    watch = RevocationWatch(TrustFiles(files), hall, known, trust, SessionKeys())
    assert watch.state == "ok"
    files[0].write_bytes(former.crl(START - timedelta(days=30)))
    chamber.authority.revoke(chamber.people[0].card.certificate, START)
    files[1].write_bytes(chamber.authority.crl(START))
    await watch.look()
    assert (watch.state, _revoked(chamber, trust)) == ("refused", True)
    files[0].write_bytes(former.crl(START))
    await watch.look()
    assert watch.state == "ok"
    chamber.clock.pass_(8 * 24 * 3600)
    assert watch.state == "over"
    await hall.close()
