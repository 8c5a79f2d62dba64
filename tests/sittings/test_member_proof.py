"""A member's phone takes its proofs from a real hall, before and after the close; `hall verify` checks."""

import asyncio
from pathlib import Path

import httpx

from tests.sittings.furnishing import hall_command
from tests.sittings.hall_under_test import VOTE, HallUnderTest, choices, hall_under_test, on, says, until
from tests.sittings.proof import anchor_of
from tests.sittings.test_phone_after_kill import Phone


async def _taken(browser: httpx.AsyncClient, path: str, to: Path) -> Path:
    answer = await browser.get(path)
    assert answer.status_code == 200, answer.text
    await asyncio.to_thread(to.write_bytes, answer.content)
    return to


def _checked(file: Path, anchor: Path) -> str:
    done = hall_command("verify", "--proof", file, "--anchor", anchor)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def test_the_phone_shows_the_seats_ballot_and_takes_its_proofs(tmp_path: Path) -> None:
    async with hall_under_test(tmp_path / "hall") as hall:
        await hall.convene()
        voter, silent = hall.row[0], hall.row[1]
        phones = {person.member: Phone() for person in (voter, silent)}
        for person in (voter, silent):
            await phones[person.member].bound(hall, person)
        await hall.open_vote()
        wanted = choices([voter, *hall.people[5:10]], "approve", "reject")
        await hall.vote(wanted)
        anchor = anchor_of(hall, tmp_path / "anchor.toml")
        async with phones[voter.member].knocks_at(hall) as browser:
            await phones[voter.member].let_in(browser)
            (shown,) = (await browser.get("/api/ballots")).json()["votes"]
            (ballot,) = shown["ballots"]
            assert ballot["choice"]["id"] == wanted[voter.member]
            assert (ballot["seat"], ballot["counts"]) == (voter.seat.seat, True)
            await until(lambda: ballot["code"] in says(voter))
            entry = f"/api/ballots/{ballot['ballot']}/tlog-proof"
            told = _checked(await _taken(browser, entry, tmp_path / "one.tlog-proof"), anchor)
            assert ballot["ballot"] in told
            early = await _taken(browser, f"/api/proof?vote={VOTE}", tmp_path / "early.json")
            assert "the close isn't shown" in _checked(early, anchor)
        # What only the old process knew is gone; the index of places comes from the log.
        await hall.kill_controller()
        await hall.start_controller()
        await hall.everything_online()
        await hall.officer.act("resume", vote=VOTE)
        await hall.officer.act("close", vote=VOTE)
        view = await hall.officer.until(lambda view: "advice" in on(view))
        assert on(view)["suspects"] == [], "bridges told again what they know"
        result = await hall.close_and_declare()
        assert result["participated"] == len(wanted)
        await _after_the_close(hall, phones[voter.member], anchor, tmp_path / "late.json", "COUNTS")
        await _after_the_close(hall, phones[silent.member], anchor, tmp_path / "none.json", "NO ballot")


async def _after_the_close(hall: HallUnderTest, phone: Phone, anchor: Path, to: Path, word: str) -> None:
    async with phone.knocks_at(hall) as browser:
        await phone.let_in(browser)
        assert word in _checked(await _taken(browser, "/api/proof", to), anchor)
        assert (await browser.get("/api/proof?vote=another")).status_code == 404
        assert len((await browser.get("/api/proof")).json()["votes"]) == 1
