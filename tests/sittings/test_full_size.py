"""The whole house as a visitor starts it: 500 seats, three real sittings, exported and verified."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from simulators import scenario
from tests.sittings.furnishing import ROOT, hall_command


@pytest.mark.timeout(600)
def test_the_demo_plays_the_published_votes_and_loses_nothing(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "hall_controller.cli",
        "demo",
        "--headless",
        "--folder",
        str(tmp_path / "demo"),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=500)
    assert done.returncode == 0, done.stderr[-5000:]
    said = json.loads(done.stdout)
    assert set(said) == {
        "votes", "ballots", "latency_ms", "seconds", "verified", "export", "anchor",
    }  # fmt: skip
    assert said["verified"] is True
    _votes_are_the_published_ones(said["votes"])
    ballots = said["ballots"]
    assert ballots["sent"] == ballots["acknowledged"] == ballots["counted"] + ballots["superseded"]
    assert ballots["counted"] == sum(vote["participated"] for vote in said["votes"])
    assert 0 < said["latency_ms"]["p50"] <= said["latency_ms"]["p95"] <= said["latency_ms"]["p99"]
    judged = hall_command("verify", said["export"], "--anchor", said["anchor"])
    assert judged.returncode == 0, judged.stdout


def _votes_are_the_published_ones(votes: list[dict[str, object]]) -> None:
    names = {"id", "members", "participated", "counts", "percent", "outcome", "matches_published"}
    assert all(set(vote) == names and vote["matches_published"] is True for vote in votes)
    planned = [
        (vote.published.id, sitting.members, vote.published.outcome)
        for sitting in scenario.load("three-sittings").sittings
        for vote in sitting.votes
        if vote.published is not None
    ]
    assert [(vote["id"], vote["members"], vote["outcome"]) for vote in votes] == planned
    assert [vote["id"] for vote in votes] == ["VN19", "VN20", "VN21", "VN11", "VN12", "VN33"]
