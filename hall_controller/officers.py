"""The officers of `hall.toml`: who they are, how they sign in, and what takes two of them.

[officers]
fresh_min = 15
[[officer]]
id = "chu-toa"
name = "Nguyễn Văn A, Chủ tọa"
post = "presiding"
card = "cb-001"                # the serialNumber in the subject of the card's certificate

What is unsafe can't be configured: times have bounds, and nothing shortens the list of acts for two.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from display.id_token import ALGORITHMS
from display.officers import CONFIRM, FRESH, LIMITS, Limits, Officer, Officers, officer_id
from display.openid import is_safe
from display.rights import ENTERED_TWICE, POSTS, TWO_PEOPLE, Post, may
from voting.acts import ACTS
from voting.ids import OfficerId, SeatId


def _act(said: str) -> str:
    if said not in ACTS:
        raise ValueError(f"there is no act {said}")
    if said in ENTERED_TWICE:
        raise ValueError(f"{said} is entered by two officers anyway")
    return said


def _issuer(said: str) -> str:
    if not is_safe(said):
        raise ValueError("must be https: an address in clear is taken on this machine only")
    return said


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LimitSection(_Part):
    """Of one post; each within what is safe."""

    idle_min: int | None = Field(default=None, ge=1, le=240)
    longest_h: int | None = Field(default=None, ge=1, le=16)


class OpenIdSection(_Part):
    issuer: Annotated[str, AfterValidator(_issuer)]
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    client_secret: Path | None = None
    """A file that holds it; without one the hall is a public client."""
    ca: Path | None = None
    """PEM of the authority of the provider's own certificate; None: the machine's."""
    algorithms: list[Literal["RS256", "PS256", "ES256", "ES384"]] = Field(
        default=list(ALGORITHMS), min_length=1
    )


class OfficersSection(_Part):
    codes: bool = False
    """One-time codes of `hall invite`; in a hall for trying things out only."""
    fresh_min: int = Field(default=int(FRESH.total_seconds()) // 60, ge=1, le=60)
    confirm_s: int = Field(default=int(CONFIRM.total_seconds()), ge=30, le=600)
    two_people: list[Annotated[str, AfterValidator(_act)]] = []
    """Acts besides those that always take two."""
    limits: dict[Post, LimitSection] = {}
    openid: OpenIdSection | None = None


class OfficerSection(_Part):
    id: Annotated[str, AfterValidator(officer_id)]
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
    post: Post
    card: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None
    subject: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = None


def officers_of(
    section: OfficersSection, listed: list[OfficerSection], *, test: bool, desks: list[str]
) -> Officers:
    """What the pages are given. `desks`: where officers' cards are read."""
    known = tuple(Officer(OfficerId(one.id), one.name, one.post, one.card, one.subject) for one in listed)
    return Officers(
        known,
        codes=section.codes,
        limits={post: _limits(post, section.limits.get(post)) for post in POSTS},
        fresh=timedelta(minutes=section.fresh_min),
        confirm=timedelta(seconds=section.confirm_s),
        also_two=frozenset(section.two_people),
        alone=test and len(known) < 2,
        desks=tuple(map(SeatId, desks)),
    )


def _limits(post: Post, said: LimitSection | None) -> Limits:
    own = LIMITS[post]
    if said is None:
        return own
    idle = own.idle if said.idle_min is None else timedelta(minutes=said.idle_min)
    longest = own.longest if said.longest_h is None else timedelta(hours=said.longest_h)
    return Limits(idle, longest)


def faults(
    section: OfficersSection, listed: list[OfficerSection], *, test: bool, desks: list[str]
) -> Iterator[str]:
    """What is wrong between the parts, each named."""
    if section.codes and not test:
        yield "officers.codes: one-time codes sign in at a hall with test = true only"
    for name in ("id", "name", "card", "subject"):
        values = [getattr(one, name) for one in listed if getattr(one, name) is not None]
        for value, times in Counter(values).items():
            if times > 1:
                yield f"officer: the {name} {value} stands twice; each officer is one person"
    for one in listed:
        yield from _way_in(section, one, desks)
    if not (test and len(listed) < 2):
        yield from _too_few(section, listed)


def _way_in(section: OfficersSection, one: OfficerSection, desks: list[str]) -> Iterator[str]:
    if one.card is None and one.subject is None and not section.codes:
        yield f"officer {one.id}: needs a card or a subject to sign in by"
    if one.subject is not None and section.openid is None:
        yield f"officer {one.id}: a subject, and no [officers.openid] that says whose"
    if one.card is not None and not desks:
        yield f'officer {one.id}: a card, and no [[desk]] with serves = "officers" that reads it'


def _too_few(section: OfficersSection, listed: list[OfficerSection]) -> Iterator[str]:
    """An act for two that only one may confirm could never be done: found now, not in the sitting."""
    for act in sorted(TWO_PEOPLE | ENTERED_TWICE | set(section.two_people)):
        able = sum(may(one.post, f"act:{act}") for one in listed)
        if able < 2:
            yield f"officer: {act} takes two officers with that right, and {able} of those listed have it"
