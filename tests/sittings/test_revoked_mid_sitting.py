"""A new list of revoked cards while the hall sits: in force without a restart, or refused and told."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from simulators.authority import Authority
from simulators.card import SimulatedCard
from simulators.crowd import Person
from tests.sittings.hall_under_test import HallUnderTest, choices, hall_under_test, says, until
from tests.sittings.proof import proved


def put(hall: HallUnderTest, content: bytes) -> None:
    """As an administrator does: written beside, then moved into place."""
    file = hall.furnished.folder / "crl.der"
    new = file.with_suffix(".new")
    new.write_bytes(content)
    os.replace(new, file)


def issued(hall: HallUnderTest, person: Person) -> tuple[SimulatedCard, bytes]:
    """Another card of this member's, and its certificate."""
    found = hall.furnished.authority.issue(person.member, person.name, datetime.now(UTC))
    return SimulatedCard({0x9A: found}, pin=person.pin), found.certificate


def log_of(hall: HallUnderTest) -> str:
    return (hall.furnished.folder / "controller.log").read_text("utf-8")


async def health(hall: HallUnderTest, part: str) -> dict[str, Any]:
    view = await hall.officer.until(lambda view: part in view["health"]["text"]["en"])
    shown: dict[str, Any] = view["health"]
    return shown


async def test_a_card_revoked_in_an_open_vote(tmp_path: Path) -> None:
    """Whoever is signed in with it is signed out, whoever comes with one is told; what was cast stands."""
    async with hall_under_test(tmp_path / "hall") as hall:
        sitting, coming, voted = hall.row[0], hall.network[0], hall.row[1]
        cards = {person.member: issued(hall, person) for person in (sitting, coming, voted)}
        for person in (sitting, voted):
            person.seat.insert(cards[person.member][0])
        await hall.convene(absent=[coming])
        others = [person for person in hall.people if person is not coming]
        await hall.open_vote(voters=others)
        await hall.vote({voted.member: "reject"})
        now, authority = datetime.now(UTC), hall.furnished.authority
        for _, certificate in cards.values():
            authority.revoke(certificate, now)
        put(hall, authority.crl(now))
        await until(lambda: "THE DA BI THU HOI" in says(sitting), what=says(sitting))
        await until(lambda: "THE DA BI THU HOI" in says(voted), what=says(voted))
        coming.seat.insert(cards[coming.member][0])
        await until(lambda: "THE DA BI THU HOI" in says(coming), what=says(coming))
        assert not sitting.seat.armed
        hall.press(sitting, "approve")
        rest = choices([one for one in others if one not in (sitting, voted)], "approve", "reject")
        await hall.vote(rest)
        types = hall.seen().types()
        assert types.count("TrustListed") == 2
        assert types.count("SignedOut") == 2
        assert types.index("SignedOut") > len(types) - 1 - types[::-1].index("TrustListed")
        assert "card_revoked" in log_of(hall)
        assert hall.officer.view["health"]["state"] == "ok"
        # They are still in the room: a member whose card is revoked hasn't left.
        assert hall.officer.view["sitting"]["present"] == len(others)
        sitting.seat.pull()
        sitting.seat.insert(sitting.card)
        await until(lambda: sitting.seat.armed, what="for the keys of a member with another card")
        await hall.vote({sitting.member: "approve"})
        await proved(hall, rest | {voted.member: "reject", sitting.member: "approve"})


async def test_lists_that_cannot_be_used_change_nothing(tmp_path: Path) -> None:
    """Each is told to the officers and in the log, the former list holds; a good one puts it right."""
    async with hall_under_test(tmp_path / "hall") as hall:
        now, authority = datetime.now(UTC), hall.furnished.authority
        first = authority.crl(now)
        lost = authority.issue(hall.row[0].member, hall.row[0].name, now)
        authority.revoke(lost.certificate, now)
        put(hall, authority.crl(now))
        await until(lambda: hall.seen().types().count("TrustListed") == 2)
        stranger = Authority(now)
        for list_, reason in (
            (b"-----BEGIN X509 CRL-----\nAAAA", "is no certificate revocation list"),
            (stranger.crl(now), "crl_unsigned"),
            (authority.crl(now - timedelta(days=30)), "crl_expired"),
            (authority.crl(now + timedelta(days=1)), "crl_not_yet_valid"),
            (first, "crl_older"),
        ):
            put(hall, list_)
            await until(lambda reason=reason: reason in log_of(hall), what=reason)  # type: ignore[misc]
            shown = await health(hall, "list of revoked cards is faulty")
            assert shown["state"] == "degraded"
        (hall.furnished.folder / "crl.der").unlink()
        await until(lambda: "can't be read" in log_of(hall) or "No such file" in log_of(hall))
        assert hall.seen().types().count("TrustListed") == 2
        hall.row[0].seat.insert(SimulatedCard({0x9A: lost}, pin=hall.row[0].pin))
        await hall.convene(absent=[hall.row[0]])
        await until(lambda: "THE DA BI THU HOI" in says(hall.row[0]))
        put(hall, authority.crl(now))
        await health(hall, "normal")
        assert hall.seen().types().count("TrustListed") == 3
        others = [person for person in hall.people if person is not hall.row[0]]
        await hall.open_vote(voters=others)
        wanted = choices(others, "approve")
        await hall.vote(wanted)
        await proved(hall, wanted)


async def test_an_older_list_at_a_restart_frees_no_card(tmp_path: Path) -> None:
    """Who puts a backup back: the log knows the later list, and whoever verifies would judge by it."""
    async with hall_under_test(tmp_path / "hall") as hall:
        now, authority, victim = datetime.now(UTC), hall.furnished.authority, hall.row[0]
        first = (hall.furnished.folder / "crl.der").read_bytes()
        card, certificate = issued(hall, victim)
        victim.seat.insert(card)
        await hall.convene()
        await hall.stop_controller()
        authority.revoke(certificate, now)
        put(hall, authority.crl(now))
        await hall.start_controller()
        # Its session lived through the restart; the new list ends it.
        await until(lambda: "THE DA BI THU HOI" in says(victim), what=says(victim))
        await hall.stop_controller()
        put(hall, first)
        await hall.start_controller()
        await health(hall, "list of revoked cards is faulty")
        await hall.everything_online()
        victim.seat.pull()
        victim.seat.insert(card)
        await until(lambda: "THE DA BI THU HOI" in says(victim), what=says(victim))
        others = [person for person in hall.people if person is not victim]
        await hall.open_vote(voters=others)
        wanted = choices(others, "approve")
        await hall.vote(wanted)
        await proved(hall, wanted)
