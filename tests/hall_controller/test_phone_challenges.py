"""Challenges for phones: nothing is kept of asking, and none is good for another key, too late or twice."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest

from hall_controller.phone_challenges import LIFE, MOST_SPENT, Challenges

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
KEY = "k" * 43


@pytest.fixture
def challenges() -> Challenges:
    return Challenges(secrets.token_bytes)


def test_it_stands_for_its_key_in_its_time_and_until_it_proved(challenges: Challenges) -> None:
    one = challenges.new(KEY, NOW)
    assert challenges.stands(one, KEY, NOW)
    assert challenges.stands(one, KEY, NOW + LIFE)
    assert not challenges.stands(one, "o" * 43, NOW)
    assert not challenges.stands(one, KEY, NOW + LIFE + timedelta(milliseconds=1))
    challenges.spend(one, NOW)
    assert not challenges.stands(one, KEY, NOW)


def test_another_process_knows_none_of_them(challenges: Challenges) -> None:
    assert not Challenges(secrets.token_bytes).stands(challenges.new(KEY, NOW), KEY, NOW)


@pytest.mark.parametrize("said", ["", "A", "AAAA", "=", "é", "A" * 200])
def test_what_was_never_given_does_not_stand(challenges: Challenges, said: str) -> None:
    assert not challenges.stands(said, KEY, NOW)


def test_asking_without_end_pushes_nobodys_challenge_out(challenges: Challenges) -> None:
    mine = challenges.new(KEY, NOW)
    before = len(challenges._spent)
    given = {challenges.new("s" * 43, NOW) for _ in range(5_000)}
    assert len(given) == 5_000
    assert len(challenges._spent) == before
    assert challenges.stands(mine, KEY, NOW)


def test_what_proved_is_remembered_as_long_as_it_could_prove_again(challenges: Challenges) -> None:
    for n in range(MOST_SPENT + 10):
        challenges.spend(str(n), NOW)
    assert len(challenges._spent) == MOST_SPENT
    challenges.spend("last", NOW + LIFE + timedelta(seconds=1))
    assert set(challenges._spent) == {"last"}
