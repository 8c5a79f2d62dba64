"""What each kind of entry must hold: the table of docs/specs/log.md, so that no reader has to guess.

Shapes only. Whether an event may follow another is the rules' to say, in the recount.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from audit import shapes
from audit.entry import Entry
from audit.errors import BadEntry
from audit.shapes import (
    Check,
    count,
    flag,
    hex64,
    mapping,
    members,
    moment,
    nullable,
    partly,
    positive,
    sequence,
    text,
)

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def words(value: Any) -> bool:
    """Any text, an empty one too."""
    return isinstance(value, str)


def day(value: Any) -> bool:
    try:
        return bool(_DATE.fullmatch(value)) and bool(date.fromisoformat(value))
    except (TypeError, ValueError):
        return False


def thing(value: Any) -> bool:
    """An object whose members another check knows: a definition, a JWS."""
    return isinstance(value, dict)


def two_names(value: Any) -> bool:
    """Of people who decide together."""
    return sequence(text)(value) and len(value) == 2


@dataclass(frozen=True, slots=True)
class Kind:
    d: Check
    cls: str | None = None
    """The class of the payload that must stand beside the entry; None where there is none."""
    body: Check = thing


_jws = members(protected=words, payload=words, signature=words)
_texts = mapping(words)
_member = members(
    id=text, name=words, delegation=words, since=day, until=nullable(day), weight=positive
)  # fmt: skip
_leaves = members(
    leaves=sequence(members(ballot=nullable(hex64), member=text, salt=shapes.b64(16)))
)  # fmt: skip
_algorithms = members(authorities=sequence(text), cards=sequence(text))
_ocsp = members(count=positive, sha256=hex64)
_seat = members(
    seat=text, member=text, present=flag, shown=nullable(count), pressed=nullable(count),
    lit=nullable(count), offline=nullable(count), recorded=nullable(count), by_phone=flag,
)  # fmt: skip

KINDS: Mapping[str, Kind] = {
    "LogCreated": Kind(members(origin=text, vkey=text, keys=mapping(thing))),
    "TrustListed": Kind(
        partly({"ca": sequence(hex64), "crl": sequence(hex64)}, {"algorithms": _algorithms, "ocsp": _ocsp}),
        "public",
        partly({"ca": sequence(words), "crl": sequence(words)}, {"ocsp": sequence(words)}),
    ),
    "RevocationWaived": Kind(
        members(authorities=sequence(hex64), until=moment, reason=text, decided_by=two_names),
    ),
    "RuleBookAdopted": Kind(members(book=text, sha256=hex64), "public", members(text=words)),
    "RollEstablished": Kind(
        members(on=day, members=count), "public",
        members(members=sequence(_member), seating=mapping(text)),
    ),
    "SittingOpened": Kind(
        partly({"on": day, "title": _texts, "closed": flag}, {"trust": members(seq=count, entry=hex64)}),
    ),
    "SittingAdjourned": Kind(members()),
    "SignedIn": Kind(members(), "session", members(jws=_jws, cert=hex64)),
    "SignedOut": Kind(members(cause=text), "signout", members(session=hex64)),
    "PresenceMarked": Kind(members(member=text, present=flag, reason=words)),
    "MobileOpened": Kind(members(members=sequence(text), reason=words)),
    "MobileClosed": Kind(members(members=sequence(text), reason=words)),
    "RollCalled": Kind(members()),
    "SessionSlept": Kind(members(cause=text), "signout", members(session=hex64)),
    "IncidentNoted": Kind(
        members(incident=positive, kind=text), "incident", members(place=text, member=nullable(text)),
    ),
    "IncidentAcknowledged": Kind(members(incident=positive)),
    "VoteAnnounced": Kind(members(vote=text, definition=thing, **{"def": hex64}, round=positive)),
    "VoteSuperseded": Kind(members(vote=text, by_vote=text, reason=words, ordered_by=words)),
    "VoteOpened": Kind(members(vote=text, challenge=shapes.b64(16), duration_s=count)),
    "VoteHeld": Kind(members(vote=text, reason=words)),
    "VoteResumed": Kind(members(vote=text)),
    "VoteExtended": Kind(members(vote=text, extra_s=count)),
    "VoteClosing": Kind(members(vote=text, grace_s=count)),
    "BallotRecorded": Kind(members(vote=text, ballot=hex64), "ballot", _jws),
    "VoteClosed": Kind(
        members(vote=text, roll=count, present=count, ballots=count, took_part=hex64),
        "participation", _leaves,
    ),
    "SeatsAccounted": Kind(members(vote=text), "account", members(seats=sequence(_seat))),
    "HandCountEntered": Kind(
        members(vote=text, confirmed=flag), "result", members(counts=mapping(count)),
    ),
    "CastingVoteGiven": Kind(members(vote=text), "result", members(choice=text)),
    "ResultComputed": Kind(members(vote=text), "result", _jws),
    "VoteDeclared": Kind(members(vote=text), "declared", _jws),
    "VoteCancelled": Kind(members(vote=text, reason=words)),
    "RecordingInterrupted": Kind(members(since=moment, until=moment, cause=text)),
    "FloorRequested": Kind(members(member=text, kind=text)),
    "RequestWithdrawn": Kind(members(member=text)),
    "FloorGiven": Kind(members(member=text, kind=text, limit_s=count)),
    "SpeechEnded": Kind(members(member=text)),
}  # fmt: skip


def check(entry: Entry) -> None:
    """Raises BadEntry unless the kind is known, and d and the class of payload are what it asks."""
    kind = KINDS.get(entry.type)
    if kind is None:
        raise BadEntry(f"no such kind of entry: {entry.type!r:.60}")
    if not kind.d(entry.d):
        raise BadEntry(f"a {entry.type} doesn't hold what it should: {sorted(entry.d)!r:.120}")
    cls = entry.blob.cls if entry.blob else None
    if cls != kind.cls:
        raise BadEntry(f"a {entry.type} with a payload of class {cls}, not {kind.cls}")


def check_body(entry: Entry, body: Any) -> None:
    """Raises BadEntry unless an opened payload has the shape that its entry's kind asks."""
    if not KINDS[entry.type].body(body):
        raise BadEntry(f"the payload of this {entry.type} doesn't hold what it should")
