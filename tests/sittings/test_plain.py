"""Nothing goes wrong: on the small hall's parts, and on those of a hall with a network."""

import asyncio
import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_bridge.links import Topics
from hall_controller.cli.demo.furnish import HALL
from tests.broker import connection
from tests.postgres import postgres_server, postgres_url
from tests.sittings.finished import Finished
from tests.sittings.furnishing import hall_command
from tests.sittings.hall_under_test import Place, choices, hall_under_test, until
from tests.sittings.proof import proved

__all__ = ["postgres_server", "postgres_url"]
TOPICS = Topics(HALL)


@pytest.mark.parametrize("reader", ["auditor", "public"])
def test_both_exports_verify(finished: Finished, reader: str) -> None:
    directory = finished.folder / f"export-{reader}"
    done = hall_command("verify", directory, "--anchor", finished.anchor)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✓ verified" in done.stdout
    assert ("Withheld from this reader" in done.stdout) == (reader == "public")


def test_a_public_export_of_totals_names_nobody_who_took_part(finished: Finished) -> None:
    """The roll is public. No other file says a member's id or name, in clear or inside base64."""
    cards = list((finished.auditor / "certs").iterdir())
    public = {path: path.read_bytes() for path in finished.public.rglob("*") if path.is_file()}
    members = finished.furnished.members
    needles = [form for one in members for text in (one.id, one.name) for form in _forms(text)]
    told = [path for path, data in public.items() if any(form in data for form in needles)]
    assert len(told) == 1
    assert _is_the_roll(told[0], public[told[0]])
    assert len([path for path in public if path.parent.name == "certs"]) == 1 < len(cards)
    all_blobs, shown = (
        {blob.name for blob in (out / "blobs").iterdir()} for out in (finished.auditor, finished.public)
    )
    # The auditor's own: 24 sign-ins, each ballot of 21 + 4 + 9; who took part, and what seats did, twice.
    assert len(all_blobs - shown) == 24 + 34 + 2 + 2
    assert any(form in finished_blob for finished_blob in _blobs(finished.auditor) for form in needles)


def _forms(text: str) -> Iterator[bytes]:
    """A text's bytes, and what they look like inside base64 at each of the three places they can begin."""
    plain = text.encode()
    yield plain
    for offset in range(3):
        encoded = base64.urlsafe_b64encode(b"\0" * offset + plain)
        first = -(-offset * 8 // 6)
        yield encoded[first : (offset + len(plain)) * 8 // 6]


def _blobs(out: Path) -> Iterator[bytes]:
    for path in (out / "blobs").iterdir():
        data = path.read_bytes()
        if not _is_the_roll(path, data):
            yield data


def _is_the_roll(path: Path, data: bytes) -> bool:
    return path.parent.name == "blobs" and set(json.loads(data)["body"]) == {"members", "seating"}


def test_the_two_readers_read_one_log(finished: Finished) -> None:
    for file in (finished.auditor / "log").rglob("*"):
        if file.is_file():
            other = finished.public / file.relative_to(finished.auditor)
            assert file.read_bytes() == other.read_bytes()


async def test_the_same_over_mosquitto_and_postgresql(tmp_path: Path, postgres_url: str) -> None:
    place = Place(store_url=postgres_url, mosquitto=True)
    async with hall_under_test(tmp_path / "hall", place) as hall:
        await hall.convene()
        await hall.open_vote()
        wanted = choices(hall.people, "approve", "approve", "reject", "not_voting")
        await hall.vote(wanted)
        row = connection(
            hall.broker_port, "row-01", [TOPICS.every_up, TOPICS.down("seat-016")],
            password=hall.furnished.passwords["row-01"],
        )  # fmt: skip
        heard: list[str] = []
        joined = asyncio.Event()
        other = asyncio.create_task(row.run(lambda topic, _: heard.append(topic), joined.set))
        await joined.wait()
        # Rights are the broker's: a row speaks for itself alone, and overhears nobody.
        row.publish(TOPICS.up("seat-016"), b"not mine to say")
        row.publish(TOPICS.down("seat-016"), b"not mine to say")
        row.publish(TOPICS.up("row-01"), b"mine, and nonsense")
        log = tmp_path / "hall" / "controller.log"
        await until(lambda: '"malformed"' in log.read_text("utf-8"))
        changed = {person.member: "reject" for person in hall.network}
        await hall.vote(changed)
        other.cancel()
        dropped = [
            json.loads(line) for line in log.read_text("utf-8").splitlines() if "bus_dropped" in line
        ]
        assert {line["bridge"] for line in dropped} == {"row-01"}
        assert heard == []
        await proved(hall, wanted | changed)
