"""The feed without sockets: snapshots, changes, gaps, overflow, and a member's own part."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from display.feed import MOST_FROM_ADDRESS, Feed
from display.outbox import DEPTH
from display.patch import patched

AT = datetime(2026, 11, 21, 13, 48, 0, 123456, tzinfo=UTC)


@dataclass
class Painted:
    """A picture whose every part a test paints."""

    at: datetime = AT
    views: dict = field(
        default_factory=lambda: {"public": {"n": 0}, "member": {"n": 0}, "officer": {"n": 0}}
    )
    own: dict = field(default_factory=dict)
    broken: set = field(default_factory=set)

    def view(self, role):
        if role in self.broken:
            raise RuntimeError("no view")
        return json.loads(json.dumps(self.views[role]))

    def me(self, member):
        return dict(self.own.get(member, {}))


@pytest.fixture
def picture():
    return Painted()


@pytest.fixture
def feed(picture):
    return Feed(lambda: picture)


async def heard(listener):
    return json.loads(await listener.outbox.next(lambda: "2026-11-21T13:48:02.000Z"))


async def test_first_a_snapshot_then_numbered_changes(feed, picture):
    listener = feed.join("public")
    assert await heard(listener) == {
        "type": "snapshot", "n": 1, "t": "2026-11-21T13:48:00.123Z", "view": {"n": 0}
    }  # fmt: skip
    picture.views["public"] = {"n": 1, "notice": "x"}
    feed.draw()
    assert await heard(listener) == {
        "type": "change", "n": 2, "t": "2026-11-21T13:48:00.123Z", "patch": {"n": 1, "notice": "x"}
    }  # fmt: skip
    picture.views["public"] = {"n": 1}
    feed.draw()
    assert (await heard(listener))["patch"] == {"notice": None}


async def test_nothing_new_says_nothing_until_the_beat(feed, monkeypatch):
    monkeypatch.setattr("display.outbox.BEAT_S", 0.01)
    listener = feed.join("public")
    await heard(listener)
    feed.draw()
    assert await heard(listener) == {"type": "beat", "n": 1, "t": "2026-11-21T13:48:02.000Z"}


async def test_a_slow_listener_loses_changes_and_gets_one_snapshot(feed, picture):
    slow, quick = feed.join("public"), feed.join("public")
    await heard(slow)
    seen = (await heard(quick))["view"]
    for n in range(1, DEPTH + 5):
        picture.views["public"] = {"n": n}
        feed.draw()
        message = await heard(quick)
        seen = patched(seen, message["patch"])
        assert seen == {"n": n}, "another's slowness costs nothing"
    message = await heard(slow)
    assert message["type"] == "snapshot"
    assert message["view"] == {"n": DEPTH + 4}
    assert message["n"] == 2, "numbers go on"
    picture.views["public"] = {"n": 99}
    feed.draw()
    assert (await heard(slow))["patch"] == {"n": 99}


async def test_a_slow_listener_under_the_depth_misses_nothing(feed, picture):
    listener = feed.join("public")
    seen = (await heard(listener))["view"]
    for n in range(1, DEPTH + 1):
        picture.views["public"] = {"n": n}
        feed.draw()
    for n in range(1, DEPTH + 1):
        seen = patched(seen, (await heard(listener))["patch"])
        assert seen == {"n": n}


async def test_each_member_sees_the_own_part_and_no_other(feed, picture):
    picture.own = {"m1": {"name": "A", "request": "none"}, "m2": {"name": "B", "request": "none"}}
    one, two = feed.join("member", "m1"), feed.join("member", "m2")
    first, second = (await heard(one))["view"], (await heard(two))["view"]
    assert (first["me"]["name"], second["me"]["name"]) == ("A", "B")
    picture.own["m1"] = {"name": "A", "request": "none", "ballot": {"choice": "approve"}}
    feed.draw()
    assert (await heard(one))["patch"] == {"me": {"ballot": {"choice": "approve"}}}
    picture.views["member"] = {"n": 7}
    picture.own["m1"] = {"name": "A", "request": "speech"}
    feed.draw()
    assert (await heard(one))["patch"] == {"n": 7, "me": {"request": "speech", "ballot": None}}
    assert await heard(two) == {
        "type": "change",
        "n": 2,
        "t": "2026-11-21T13:48:00.123Z",
        "patch": {"n": 7},
    }


async def test_a_view_that_cannot_be_drawn_leaves_the_others_alone(feed, picture, caplog):
    wall, officer = feed.join("public"), feed.join("officer")
    await heard(wall)
    await heard(officer)
    picture.broken = {"officer"}
    picture.views["public"] = {"n": 5}
    feed.draw()
    assert (await heard(wall))["patch"] == {"n": 5}
    assert "officer could not be drawn" in caplog.text
    picture.broken = set()
    picture.views["officer"] = {"n": 6}
    feed.draw()
    assert (await heard(officer))["patch"] == {"n": 6}


async def test_who_joins_while_nobody_looked_gets_the_present_not_the_past(feed, picture):
    first = feed.join("public")
    await heard(first)
    feed.leave(first)
    picture.views["public"] = {"n": 8}
    feed.draw()
    assert (await heard(feed.join("public")))["view"] == {"n": 8}


async def test_the_first_change_goes_at_once_and_a_storm_is_drawn_ten_times_a_second(picture):
    drawn = 0

    def painted():
        nonlocal drawn
        drawn += 1
        return picture

    feed = Feed(painted)
    running = asyncio.create_task(feed.run())
    listener = feed.join("public")
    await heard(listener)
    picture.views["public"] = {"n": 1}
    feed.tell()
    await asyncio.sleep(0)
    async with asyncio.timeout(0.04):
        await heard(listener)
    before, started = drawn, asyncio.get_running_loop().time()
    while asyncio.get_running_loop().time() < started + 0.3:
        feed.tell()
        await asyncio.sleep(0.001)
    running.cancel()
    assert drawn - before <= 4


async def test_strangers_take_neither_each_others_places_nor_an_officers(feed):
    for n in range(MOST_FROM_ADDRESS):
        assert feed.admits("public", "10.0.0.9"), n
        feed.join("public", address="10.0.0.9")
    assert not feed.admits("public", "10.0.0.9")
    assert feed.admits("public", "10.0.0.1")
    while feed.admits("public", "10.0.0.1"):
        last = feed.join("public", address="10.0.0.1")
    assert not feed.admits("public", "10.0.0.2"), "no place is left for anybody from anywhere"
    for role in ("officer", "auditor", "member"):
        assert feed.admits(role, "10.0.0.9")
    feed.leave(last)
    assert feed.admits("public", "10.0.0.2")
