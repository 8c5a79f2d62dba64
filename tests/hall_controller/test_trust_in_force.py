"""The hall's own side of trust: what a sitting stands on, a list that ends in it, what is decided."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from audit.canonical import sha256_hex
from audit.checkpoint import parse_vkey
from audit.errors import Untrusted
from audit.verifier import Anchor, verify
from hall_controller import decisions
from hall_controller.card_ballots import CardBallots, CardNotTrusted
from hall_controller.card_trust import AHEAD, CardTrust
from hall_controller.export.directory import Directory
from hall_controller.export.writing import export
from hall_controller.hall import Hall
from hall_controller.recount import recount
from hall_controller.revocation_watch import RevocationWatch
from hall_controller.sessions import SessionKeys
from hall_controller.store import open_reader, open_sqlite
from hall_controller.submission import Submission
from hall_controller.trust_entries import WaiveRevocation, WaiverVoid
from hall_controller.trust_files import TrustFiles
from simulators.authority import CRL_DAYS
from tests.audit.cards import Authority as Issuer
from tests.audit.responder import REVOKED, answer
from tests.hall_controller.chamber import Chamber, Person, adjourned, declared, opened, seated, started

WEEK = CRL_DAYS * 24 * 3600


def decided(chamber: Chamber, hours: float = 4, **changed: object) -> WaiveRevocation:
    asked = WaiveRevocation(
        (sha256_hex(chamber.authority.root),), chamber.clock.now + timedelta(hours=hours),
        "Trung tâm chứng thực mất kết nối", ("Nguyễn Thị A", "Trần Văn B"),
    )  # fmt: skip
    return replace(asked, **changed)  # type: ignore[arg-type]


def taken(chamber: Chamber, trust: CardTrust, person: Person) -> str:
    """What the door says to a ballot of this person's session."""
    try:
        CardBallots(trust, chamber.clock).check(person.card.certificate)
    except CardNotTrusted as no:
        return no.code
    return "taken"


async def test_a_sittings_opening_names_the_trust_list_that_it_stands_on(tmp_path: Path) -> None:
    chamber, store = Chamber(), open_sqlite(tmp_path / "hall.db")
    hall = await started(chamber, store)
    await hall.submit(chamber.opening())
    stored = [entry for entry, _ in store.entries()]
    listed = next(entry for entry in stored if entry.type == "TrustListed")
    opening = next(entry for entry in stored if entry.type == "SittingOpened")
    stands_on = hall.founded.stands_on
    assert stands_on is not None
    assert (stands_on.seq, stands_on.entry) == (listed.seq, listed.hash)
    assert f'"trust":{{"entry":"{listed.hash}","seq":{listed.seq}}}' in opening.data.decode()
    await hall.close()


async def test_a_list_that_ends_in_the_sitting_ends_ballots_until_the_presidium_decides(
    tmp_path: Path,
) -> None:
    chamber, folder = Chamber(), tmp_path / "decisions"
    hall = await started(chamber, open_sqlite(tmp_path / "hall.db"))
    trust = CardTrust.standing(chamber.known, hall.founded)
    watch = RevocationWatch(TrustFiles(), hall, chamber.known, trust, SessionKeys(), folder)
    chamber.clock.pass_(WEEK - 120)
    person = chamber.people[0]
    assert taken(chamber, trust, person) == "taken"
    chamber.clock.pass_(121 - AHEAD.total_seconds())
    assert taken(chamber, trust, person) == "card_crl_missing"
    assert watch.state == "ok"  # for half a minute; nothing recorded under it would have been late
    chamber.clock.pass_(60)
    assert watch.state == "over"
    decisions.leave(folder, decided(chamber))
    await watch.look()
    assert taken(chamber, trust, person) == "taken"
    assert not list(folder.iterdir())
    (waiver,) = hall.founded.waivers
    assert waiver.decided_by == ("Nguyễn Thị A", "Trần Văn B")
    chamber.clock.pass_(5 * 3600)
    assert taken(chamber, trust, person) == "card_crl_missing"
    await hall.close()
    again = await Hall.start(open_sqlite(tmp_path / "hall.db"), chamber.known, chamber.clock, chamber.token)
    assert again.founded.waivers == (waiver,)
    await again.close()


async def test_a_sitting_by_decision_is_sound_and_every_reader_is_told(tmp_path: Path) -> None:
    """No list at all, from the first sign-in on: recounted, and verified with the note."""
    chamber, store = Chamber(), open_sqlite(tmp_path / "hall.db")
    known = replace(chamber.known, crl=())
    hall = await Hall.start(store, known, chamber.clock, chamber.token)
    await hall.submit(Submission(decided(chamber), "hall"))
    await seated(chamber, hall)
    form = await opened(chamber, hall)
    for person in chamber.people:
        await hall.submit(person.ballot(form, "approve"))
    await declared(chamber, hall)
    await adjourned(hall)
    export(store, known, None, tmp_path / "export", "auditor")
    await hall.close()
    anchor = Anchor(parse_vkey(known.vkey), known.ca)
    report = verify(Directory(tmp_path / "export"), anchor, recount)
    assert [(one.severity, one.code) for one in report.findings] == [("note", "revocation_waived")]
    assert report.verdict == "verified"


@pytest.mark.parametrize(
    "changed",
    [{"decided_by": ("A", "a")}, {"reason": ""}, {"authorities": ()}, {"hours": 25}, {"hours": -1}],
)
async def test_what_nobody_may_decide_is_refused_and_changes_nothing(
    changed: dict[str, object], tmp_path: Path
) -> None:
    chamber = Chamber()
    hall = await started(chamber, open_sqlite(tmp_path / "hall.db"))
    size, hours = hall.head.size, changed.pop("hours", 4)
    with pytest.raises(WaiverVoid) as refused:
        await hall.submit(Submission(decided(chamber, hours, **changed), "hall"))  # type: ignore[arg-type]
    assert {"vi", "en"} == set(refused.value.text)
    assert hall.head.size == size
    await hall.close()


async def test_a_decision_that_cannot_stand_is_set_aside(tmp_path: Path) -> None:
    chamber, folder = Chamber(), tmp_path / "decisions"
    hall = await started(chamber, open_sqlite(tmp_path / "hall.db"))
    trust = CardTrust.standing(chamber.known, hall.founded)
    watch = RevocationWatch(TrustFiles(), hall, chamber.known, trust, SessionKeys(), folder)
    left = decisions.leave(folder, decided(chamber, decided_by=("A", "A")))
    (folder / "other.json").write_text("{}")
    await watch.look()
    assert sorted(path.suffix for path in folder.iterdir()) == [".refused", ".refused"]
    assert left.with_suffix(".refused").is_file()
    assert hall.founded.waivers == ()
    await hall.close()


async def test_a_decision_is_recorded_once_whatever_crashes(tmp_path: Path) -> None:
    """The file may still lie there after the entry is durable."""
    chamber, folder = Chamber(), tmp_path / "decisions"
    hall = await started(chamber, open_sqlite(tmp_path / "hall.db"))
    trust = CardTrust.standing(chamber.known, hall.founded)
    watch = RevocationWatch(TrustFiles(), hall, chamber.known, trust, SessionKeys(), folder)
    file = decisions.leave(folder, decided(chamber))
    words = file.read_text()
    await watch.look()
    file.write_text(words)
    await watch.look()
    assert len(hall.founded.waivers) == 1
    assert not file.exists()
    await hall.close()


async def test_answers_in_the_folder_come_into_force(tmp_path: Path) -> None:
    chamber, issuer = Chamber(), Issuer()
    card = issuer.card("m001")
    known = replace(chamber.known, ca=(issuer.der,), crl=())
    hall = await Hall.start(open_sqlite(tmp_path / "hall.db"), known, chamber.clock, chamber.token)
    trust, folder = CardTrust.standing(known, hall.founded), tmp_path / "fetched"
    folder.mkdir()
    watch = RevocationWatch(TrustFiles(folder=folder), hall, known, trust, SessionKeys())
    now = chamber.clock.now
    (folder / "one.ocsp").write_bytes(answer(issuer, card, until=now + timedelta(hours=1)))
    await watch.look()
    assert trust.judge(card.der, now).member == "m001"
    assert len(hall.founded.ocsp) == 1
    (folder / "one.ocsp").write_bytes(answer(issuer, card, REVOKED))
    await watch.look()
    with pytest.raises(Untrusted, match="revoked"):
        trust.judge(card.der, now)
    (folder / "one.ocsp").write_bytes(answer(Issuer("Another CA"), card))
    await watch.look()
    assert watch.state == "refused"
    assert len(hall.founded.ocsp) == 2
    reader = open_reader(f"sqlite:///{tmp_path / 'hall.db'}")
    assert [entry.type for entry, _ in reader.entries()].count("TrustListed") == 3
    reader.close()
    await hall.close()
