"""Log entries with their payloads → events. The other way round: `encoding`; both fold to the same meeting.

A payload that this reader was not given is None: what it would have said is None in the event.
Needs the base install only, as an auditor's recount does.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, get_args

from audit import canonical, catalogue, instant, statement
from audit.entry import Entry
from audit.errors import BadEntry, BadEvidence
from audit.signing import thumbprint
from hall_controller import signed_result
from hall_controller.encoding import PLAIN, book_id
from hall_controller.signed_result import Malformed
from voting import events as ev
from voting import seat_units
from voting.commands import Channel, Question
from voting.ids import BallotHash, ChoiceId, ItemId, KindId, MemberId, SeatId, SittingId, VoteId
from voting.majority import Result
from voting.members import Member

WITHOUT_EVENT = frozenset({"LogCreated", "TrustListed", "RevocationWaived"})
"""Entries about the log itself: nothing happens in the meeting by them."""
NEEDED = frozenset({"RuleBookAdopted", "RollEstablished"})
"""Their payloads are public: without one nobody can fold the log."""


def decode(entry: Entry, body: Any) -> ev.Event | None:
    """The event that an entry records; None for an entry about the log itself.

    `body`: the opened payload, None where the entry has none or it is withheld. Raises Malformed.
    """
    try:
        catalogue.check(entry)
        if body is not None:
            catalogue.check_body(entry, body)
        elif entry.type in NEEDED:
            raise Malformed(f"the payload of {entry.type} is missing")
        return None if entry.type in WITHOUT_EVENT else _READERS[entry.type](entry, body)
    except (BadEntry, BadEvidence) as error:
        raise Malformed(str(error)) from None


def _by(entry: Entry) -> str:
    return entry.actor.removeprefix("officer:")


def _rule_book(entry: Entry, body: Any) -> ev.Event:
    words = body["text"]
    try:
        told = (book_id(words), canonical.sha256_hex(words.encode()))
    except ValueError as error:
        raise Malformed(f"the rule book: {error}") from None
    if told != (entry.d["book"], entry.d["sha256"]):
        raise Malformed("the rule book's text is not the one that the entry names")
    return ev.RuleBookAdopted(SittingId(entry.sit), words)


def _roll(entry: Entry, body: Any) -> ev.Event:
    members = tuple(map(_member, body["members"]))
    if len(members) != entry.d["members"]:
        raise Malformed(f"a roll of {len(members)}, not of {entry.d['members']}")
    return ev.RollEstablished(
        SittingId(entry.sit), date.fromisoformat(entry.d["on"]), members, body["seating"]
    )


def _member(said: Mapping[str, Any]) -> Member:
    since, until = date.fromisoformat(said["since"]), said["until"] and date.fromisoformat(said["until"])
    return Member(MemberId(said["id"]), said["name"], said["delegation"], since, until, said["weight"])


def _sitting_opened(entry: Entry, body: Any) -> ev.Event:
    on = date.fromisoformat(entry.d["on"])
    return ev.SittingOpened(SittingId(entry.sit), on, entry.d["title"], _by(entry))


def _sitting_adjourned(entry: Entry, body: Any) -> ev.Event:
    return ev.SittingAdjourned(SittingId(entry.sit), _by(entry))


def _signed_in(entry: Entry, body: Any) -> ev.Event:
    if body is None:
        return ev.SignedIn(None, None, None, None, None, None)
    session = statement.parse(body["jws"], statement.SESSION_KEY)
    said, seat = session.payload, _seat(session.payload["seat"])
    if said["channel"] != _channel(seat):
        raise Malformed(f"a session of the channel {said['channel']} with the seat {seat}")
    return ev.SignedIn(
        session=session.payload_hash, member=MemberId(said["member"]), seat=seat, channel=_channel(seat),
        key=thumbprint(said["key"]), expires=instant.read(said["exp"]),
    )  # fmt: skip


def _channel(seat: SeatId | None) -> Channel:
    """A session of a phone names no seat, one of a seat names its own (docs/specs/statements.md)."""
    return "mobile" if seat is None else "seat"


def _seat(name: str | None) -> SeatId | None:
    return None if name is None else SeatId(name)


def _signed_out(entry: Entry, body: Any) -> ev.Event:
    return ev.SignedOut(None if body is None else body["session"], entry.d["cause"])


def _session_slept(entry: Entry, body: Any) -> ev.Event:
    return ev.SessionSlept(None if body is None else body["session"], entry.d["cause"])


def _mobile(kind: type[ev.MobileOpened | ev.MobileClosed]) -> Callable[[Entry, Any], ev.Event]:
    def read(entry: Entry, body: Any) -> ev.Event:
        return kind(tuple(map(MemberId, entry.d["members"])), entry.d["reason"], _by(entry))

    return read


def _incident_noted(entry: Entry, body: Any) -> ev.Event:
    if body is None:
        return ev.IncidentNoted(entry.d["incident"], entry.d["kind"], None, None)
    member = None if body["member"] is None else MemberId(body["member"])
    return ev.IncidentNoted(entry.d["incident"], entry.d["kind"], body["place"], member)


def _vote_announced(entry: Entry, body: Any) -> ev.Event:
    said = entry.d["definition"]
    if canonical.digest(said) != entry.d["def"]:
        raise Malformed("the definition does not hash to what the entry names")
    vote, supersedes = VoteId(entry.d["vote"]), said.get("supersedes")
    if said.get("vote") != vote or not (supersedes is None or isinstance(supersedes, str)):
        raise Malformed("the definition is of another vote")
    repeats = None if supersedes is None else VoteId(supersedes)
    return ev.VoteAnnounced(vote, _question(said), entry.d["def"], entry.d["round"], _by(entry), repeats)


def _question(said: Mapping[str, Any]) -> Question:
    kind, item_id, option = said.get("kind"), said.get("item_id"), said.get("option")
    texts = [said.get("title"), said.get("item"), *([] if option is None else [option])]
    if not isinstance(kind, str) or not all(map(_is_text, texts)) or not isinstance(item_id, str | None):
        raise Malformed("the definition does not say what is voted on")
    return Question(
        KindId(kind), said["title"], said["item"], option, None if item_id is None else ItemId(item_id)
    )


def _is_text(value: Any) -> bool:
    return isinstance(value, Mapping) and all(isinstance(words, str) for words in value.values())


def _ballot_recorded(entry: Entry, body: Any) -> ev.Event:
    vote, ballot = VoteId(entry.d["vote"]), BallotHash(entry.d["ballot"])
    if body is None:
        return ev.BallotRecorded(vote, ballot, None, None, None, None, None, None, None)
    signed = statement.parse(body, statement.BALLOT)
    said, seat = signed.payload, _seat(signed.payload["seat"])
    if signed.payload_hash != ballot or said["vote"] != vote:
        raise Malformed("the ballot in the payload is not the one that the entry names")
    prev = None if said["prev"] is None else BallotHash(said["prev"])
    return ev.BallotRecorded(
        vote, ballot, MemberId(said["member"]), seat, _channel(seat), signed.header.get("sk"),
        ChoiceId(said["choice"]), said["rev"], prev,
    )  # fmt: skip


def _vote_closed(entry: Entry, body: Any) -> ev.Event:
    d = entry.d
    return ev.VoteClosed(VoteId(d["vote"]), d["roll"], d["present"], d["ballots"])


def _seats_accounted(entry: Entry, body: Any) -> ev.Event:
    seats = None if body is None else tuple(map(seat_units.from_plain, body["seats"]))
    return ev.SeatsAccounted(VoteId(entry.d["vote"]), seats)


def _hand_count_entered(entry: Entry, body: Any) -> ev.Event:
    counts = None if body is None else body["counts"]
    return ev.HandCountEntered(VoteId(entry.d["vote"]), counts, _by(entry), entry.d["confirmed"])


def _casting_vote_given(entry: Entry, body: Any) -> ev.Event:
    choice = None if body is None else ChoiceId(body["choice"])
    return ev.CastingVoteGiven(VoteId(entry.d["vote"]), choice, _by(entry))


def _result_computed(entry: Entry, body: Any) -> ev.Event:
    vote = VoteId(entry.d["vote"])
    return ev.ResultComputed(vote, None if body is None else _result(body, vote))


def _vote_declared(entry: Entry, body: Any) -> ev.Event:
    vote = VoteId(entry.d["vote"])
    return ev.VoteDeclared(vote, None if body is None else _result(body, vote), _by(entry))


def _result(jws: Any, vote: VoteId) -> Result:
    result, setting = signed_result.read(jws)
    if setting.vote != vote:
        raise Malformed(f"the result of vote {setting.vote!r:.60} stands at vote {vote!r:.60}")
    return result


def _interrupted(entry: Entry, body: Any) -> ev.Event:
    since, until = instant.read(entry.d["since"]), instant.read(entry.d["until"])
    return ev.RecordingInterrupted(since, until, entry.d["cause"])


def _plain(kind: type[ev.Event]) -> Callable[[Entry, Any], ev.Event]:
    """Reads an event whose fields are the entry's `d`; the catalogue has checked their types."""
    acted = "by" in {field.name for field in fields(kind)}

    def read(entry: Entry, body: Any) -> ev.Event:
        values = {**entry.d, "by": _by(entry)} if acted else dict(entry.d)
        return kind(**values)

    return read


_READERS: dict[str, Callable[[Entry, Any], ev.Event]] = {
    "RuleBookAdopted": _rule_book,
    "RollEstablished": _roll,
    "SittingOpened": _sitting_opened,
    "SittingAdjourned": _sitting_adjourned,
    "SignedIn": _signed_in,
    "SignedOut": _signed_out,
    "SessionSlept": _session_slept,
    "MobileOpened": _mobile(ev.MobileOpened),
    "MobileClosed": _mobile(ev.MobileClosed),
    "IncidentNoted": _incident_noted,
    "VoteAnnounced": _vote_announced,
    "BallotRecorded": _ballot_recorded,
    "VoteClosed": _vote_closed,
    "SeatsAccounted": _seats_accounted,
    "HandCountEntered": _hand_count_entered,
    "CastingVoteGiven": _casting_vote_given,
    "ResultComputed": _result_computed,
    "VoteDeclared": _vote_declared,
    "RecordingInterrupted": _interrupted,
    **{kind.__name__: _plain(kind) for kind in PLAIN},
}
assert _READERS.keys() == {kind.__name__ for kind in get_args(ev.Event)}
assert _READERS.keys() | WITHOUT_EVENT == catalogue.KINDS.keys()
