"""Events → what their log entries say (docs/specs/log.md): the public part, and the payload that is not.

The journal gives a draft its place in the log; `decoding` reads it back. What an event alone can't say
(a definition's text, signed statements, the list of who took part) comes as its `Enclosure`.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from audit import canonical, instant
from voting import events as ev
from voting import seat_units
from voting.members import Member

Jws = Mapping[str, Any]
"""A flattened JWS."""

HALL, CLOCK, MEMBER = "hall", "clock", "member"
"""Actors. A member's act never names the member: whose it was stands in the payload."""


@dataclass(frozen=True, slots=True)
class SessionEvidence:
    """What a signing-in leaves behind: the card's statement and the certificate that it is checked with."""

    jws: Jws
    certificate: bytes
    """DER."""


@dataclass(frozen=True, slots=True)
class CardBallot:
    """A ballot that the card signed itself: the certificate is stored beside it, the JWS names it."""

    jws: Jws
    certificate: bytes
    """DER, of the card's signature key (PIV 9C)."""


@dataclass(frozen=True, slots=True)
class StandsOn:
    """The trust list in force when a sitting opens: its entry's number and hash."""

    seq: int
    entry: str
    """Lower-case hex."""

    def said(self) -> dict[str, Any]:
        return {"trust": {"seq": self.seq, "entry": self.entry}}


@dataclass(frozen=True, slots=True)
class TookPart:
    """The list of who took part, closed: its root is public, its leaves are a payload."""

    root: str
    """Lower-case hex."""
    leaves: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Definition:
    content: Mapping[str, Any]
    """What was put to the vote, whole; its JCS bytes hash to the event's `definition`."""


Enclosure = Jws | SessionEvidence | CardBallot | StandsOn | TookPart | Definition | None


@dataclass(frozen=True, slots=True)
class Payload:
    cls: str
    body: Any


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it has its place."""

    type: str
    actor: str
    d: Mapping[str, Any]
    payload: Payload | None = None
    certificate: bytes | None = None
    ballot: str | None = None


def encode(event: ev.Event, actor: str, enclosure: Enclosure = None) -> Draft:
    """What the log says of the event. `actor` is the asker's, where the event doesn't name who acted."""
    d, payload = _content(event, enclosure)
    return Draft(
        type=type(event).__name__,
        actor=actor_of(event.by) if hasattr(event, "by") else actor,
        d=d,
        payload=payload,
        certificate=enclosure.certificate if isinstance(enclosure, SessionEvidence | CardBallot) else None,
        ballot=event.ballot if isinstance(event, ev.BallotRecorded) else None,
    )


def actor_of(by: str) -> str:
    return by if by in (HALL, CLOCK, MEMBER) else f"officer:{by}"


def log_created(origin: str, vkey: str, keys: Mapping[str, Any]) -> Draft:
    """Entry 0. `keys`: the hall's signing keys as JWK, by thumbprint."""
    return Draft("LogCreated", HALL, {"origin": origin, "vkey": vkey, "keys": dict(keys)})


def _content(event: ev.Event, enclosure: Enclosure) -> tuple[Mapping[str, Any], Payload | None]:
    match event, enclosure:
        case ev.RuleBookAdopted(), _:
            return _rule_book(event)
        case ev.RollEstablished(), _:
            return _roll(event)
        case ev.SittingOpened(), _:
            # None is closed yet; the word stands there already, as the log's format can't change later.
            d = {"on": event.on.isoformat(), "title": dict(event.title), "closed": False}
            return d | (enclosure.said() if isinstance(enclosure, StandsOn) else {}), None
        case ev.SittingAdjourned(), _:
            return {}, None
        case ev.SignedIn(), SessionEvidence():
            body = {"jws": dict(enclosure.jws), "cert": canonical.sha256_hex(enclosure.certificate)}
            return {}, Payload("session", body)
        case ev.SignedOut(), _:
            return {"cause": event.cause}, Payload("signout", {"session": event.session})
        case ev.MobileOpened() | ev.MobileClosed(), _:
            return {"members": list(event.members), "reason": event.reason}, None
        case ev.SessionSlept(), _:
            return {"cause": event.cause}, Payload("signout", {"session": event.session})
        case ev.IncidentNoted(place=str(place)), _:
            noted = {"place": place, "member": event.member}
            return {"incident": event.incident, "kind": event.kind}, Payload("incident", noted)
        case ev.VoteAnnounced(), Definition():
            return _announced(event, enclosure), None
        case ev.BallotRecorded(), CardBallot() | Mapping():
            jws = enclosure.jws if isinstance(enclosure, CardBallot) else enclosure
            return {"vote": event.vote, "ballot": event.ballot}, Payload("ballot", dict(jws))
        case ev.VoteClosed(), TookPart():
            return _plain(event) | {"took_part": enclosure.root}, _participation(enclosure)
        case ev.SeatsAccounted(seats=tuple() as seats), _:
            return {"vote": event.vote}, Payload(
                "account", {"seats": list(map(seat_units.to_plain, seats))}
            )
        case ev.HandCountEntered(counts=Mapping() as counts), _:
            d = {"vote": event.vote, "confirmed": event.confirmed}
            return d, Payload("result", {"counts": dict(counts)})
        case ev.CastingVoteGiven(choice=str(choice)), _:
            return {"vote": event.vote}, Payload("result", {"choice": choice})
        case ev.ResultComputed(), Mapping():
            return {"vote": event.vote}, Payload("result", dict(enclosure))
        case ev.VoteDeclared(), Mapping():
            return {"vote": event.vote}, Payload("declared", dict(enclosure))
        case ev.RecordingInterrupted(), _:
            since, until = instant.write(event.since), instant.write(event.until)
            return {"since": since, "until": until, "cause": event.cause}, None
        case _ if isinstance(event, PLAIN):
            return _plain(event), None
    raise TypeError(f"{type(event).__name__} can't be recorded with {type(enclosure).__name__}")


PLAIN = (
    ev.RollCalled, ev.IncidentAcknowledged, ev.PresenceMarked,
    ev.VoteSuperseded, ev.VoteOpened, ev.VoteHeld, ev.VoteResumed, ev.VoteExtended,
    ev.VoteClosing, ev.VoteCancelled, ev.FloorRequested, ev.RequestWithdrawn, ev.FloorGiven, ev.SpeechEnded,
)  # fmt: skip
"""Events whose fields, without `by`, are the entry's `d` as they stand."""


def _plain(event: ev.Event) -> dict[str, Any]:
    values = {field.name: getattr(event, field.name) for field in fields(event) if field.name != "by"}
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in values.items()}


def book_id(words: str) -> str:
    """The id that a rule book's text gives itself. Raises ValueError for a text that is none."""
    found = tomllib.loads(words).get("id")
    if not isinstance(found, str):
        raise ValueError("a rule book without an id")
    return found


def _rule_book(event: ev.RuleBookAdopted) -> tuple[Mapping[str, Any], Payload]:
    d = {"book": book_id(event.text), "sha256": canonical.sha256_hex(event.text.encode())}
    return d, Payload("public", {"text": event.text})


def _roll(event: ev.RollEstablished) -> tuple[Mapping[str, Any], Payload]:
    body = {"members": [_member(member) for member in event.members], "seating": dict(event.seating)}
    return {"on": event.on.isoformat(), "members": len(event.members)}, Payload("public", body)


def _member(member: Member) -> dict[str, Any]:
    return {
        "id": member.id, "name": member.name, "delegation": member.delegation,
        "since": member.since.isoformat(), "until": member.until and member.until.isoformat(),
        "weight": member.weight,
    }  # fmt: skip


def _announced(event: ev.VoteAnnounced, definition: Definition) -> Mapping[str, Any]:
    content = dict(definition.content)
    return {"vote": event.vote, "definition": content, "def": event.definition, "round": event.round}


def _participation(took_part: TookPart) -> Payload:
    return Payload("participation", {"leaves": [dict(leaf) for leaf in took_part.leaves]})
