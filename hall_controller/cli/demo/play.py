"""Plays a scenario: the officer acts over the pages' interface, the members sit down, sign in and press."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from simulators.crowd import Crowd
from simulators.officer import SimulatedOfficer
from simulators.people import plan
from simulators.scenario import Scenario, ScenarioSitting, ScenarioVote, draw

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds, as people take them; shorter when nobody watches."""

    arrive: float
    read: float
    """How long the question stands before the vote opens."""
    vote: float
    look: float
    """How long a result stands before the sitting goes on."""
    second_thoughts: float = 0.03
    """Share of the voters who first press another key."""


UNWATCHED = Pace(arrive=1.0, read=0.0, vote=3.0, look=0.0)
WATCHED = Pace(arrive=6.0, read=5.0, vote=10.0, look=10.0)
PATIENCE_S = 20.0
SIGN_IN_S = 120.0


@dataclass(slots=True)
class Played:
    """What the re-enactment was like from the seats."""

    sent: int = 0
    seconds: list[float] = field(default_factory=list)


class Play:
    def __init__(
        self,
        scenario: Scenario,
        officer: SimulatedOfficer,
        crowd: Crowd,
        pace: Pace,
        random: Random,
        say: Say,
    ) -> None:
        self._scenario, self._officer, self._crowd = scenario, officer, crowd
        self._pace, self._random, self._say = pace, random, say
        self._members = list(crowd.people)
        self.played = Played()

    async def sitting(self, sitting: ScenarioSitting) -> None:
        """One sitting, from its opening to its adjournment."""
        self._say(f"[bold]{sitting.title['vi']}[/] · {sitting.members} đại biểu")
        await self._officer.act("open_sitting")
        present = self._who_comes(sitting)
        self._crowd.arrive(present, self._pace.arrive)
        await self._officer.until(lambda view: _present(view) == len(present), SIGN_IN_S)
        self._say(f"  {len(present)} đại biểu đã đăng nhập bằng thẻ / signed in by card")
        for vote in sitting.votes:
            await self._vote(vote, present)
        await self._officer.act("adjourn")
        await self._officer.until(lambda view: "sitting" not in view)
        await self._crowd.leave()

    def _who_comes(self, sitting: ScenarioSitting) -> Sequence[str]:
        """Drawn, but never fewer than were published as taking part."""
        published = [vote.published for vote in sitting.votes if vote.published]
        fewest = max((max(p.participated or 0, sum(p.counts.values())) for p in published), default=0)
        on_roll = self._members[: sitting.members]
        return self._random.sample(on_roll, self._random.randint(fewest, sitting.members))

    async def _vote(self, vote: ScenarioVote, present: Sequence[str]) -> None:
        officer, again = self._officer, {}
        if vote.supersedes is not None:
            again = {"reason": vote.reason, "ordered_by": vote.ordered_by}
        await officer.act("announce", vote=vote.id, **again)
        await officer.until(lambda view: _vote_is(view, vote.id) and view["vote"]["shown"] >= len(present))
        await asyncio.sleep(self._pace.read)
        drawn = draw(vote, len(present), self._random)
        presses = plan(
            drawn.counts, present, self._random, spread_s=self._pace.vote,
            second_thoughts=self._pace.second_thoughts,
        )  # fmt: skip
        await officer.act("open", vote=vote.id)
        pressed = await self._crowd.vote(presses, PATIENCE_S)
        self.played.sent += pressed.sent
        self.played.seconds += pressed.seconds
        await officer.until(lambda view: view["vote"].get("recorded") == drawn.participated)
        await officer.act("close", vote=vote.id)
        await officer.until(lambda view: _vote_is(view, vote.id) and "result" in view["vote"])
        await officer.act("declare", vote=vote.id)
        view = await officer.until(lambda view: view["vote"]["phase"] == "declared")
        self._tell(vote, view["vote"]["result"])
        await asyncio.sleep(self._pace.look)

    def _tell(self, vote: ScenarioVote, result: dict[str, Any]) -> None:
        counted = f"{result['counts']['approve']}/{result['roll']} tán thành"
        percent, verdict = result["percent"]["approve"]["text"]["vi"], result["verdict"]["vi"]
        self._say(f"  {vote.title['vi']}: {counted}, {percent} · {verdict}")


def _present(view: dict[str, Any]) -> int:
    present: int = view.get("sitting", {}).get("present", 0)
    return present


def _vote_is(view: dict[str, Any], id: str) -> bool:
    return bool(view.get("vote", {}).get("id") == id)
