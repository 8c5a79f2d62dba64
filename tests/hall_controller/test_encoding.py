"""Events and entries, there and back; and the very words of docs/specs/log.md."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest

from audit import canonical, catalogue
from audit.algorithms import ALL
from audit.entry import Entry
from hall_controller import decoding, encoding
from hall_controller.encoding import Definition, Enclosure, SessionEvidence, TookPart
from hall_controller.founding import Founded, Founding, drafts
from hall_controller.journal import Tip, place
from hall_controller.signed_result import Malformed, Setting, sign
from tests.hall_controller.chamber import BOOK, ORIGIN, START, Chamber, CountingToken, cast, the_hall
from voting import events as ev
from voting.commands import Question
from voting.ids import BallotHash, ChoiceId, KindId, MemberId, RuleId, SeatId, SittingId, VoteId
from voting.majority import ConditionResult, Percentage, Result
from voting.members import Member
from voting.seat_units import SeatAccount, SeatSeen

V1, AN, S1 = VoteId("s1.1"), MemberId("mem-001"), SittingId("s1")
AT = datetime(2026, 11, 21, 13, 48, 0, 123000, tzinfo=UTC)
APPROVE = ChoiceId("approve")
MEMBER = Member(AN, "An", "Huế", date(2021, 7, 20), date(2027, 1, 1), 2)
LEAF = {"ballot": None, "member": AN, "salt": "A" * 22}
RESULT = Result(
    rule=RuleId("vn.qh.more_than_half_of_all"), roll=484, present=452, participated=417,
    counts={APPROVE: 240, ChoiceId("reject"): 177}, invalid=0,
    percentages={"approve": Percentage(4959, 484, "all_members")},
    conditions=(ConditionResult(APPROVE, (1, 2), True, "all_members", 484, 240, 243, False),),
    casting_vote=None, outcome="rejected",
)  # fmt: skip
JWS = sign(RESULT, Setting(ORIGIN, S1, V1, "d" * 64, 1, "vn.qh", "b" * 64, 1800, "e" * 64), the_hall())
DEFINITION: dict[str, Any] = {
    "vote": V1, "kind": "motion", "title": {"vi": "Nội dung", "en": "Question"},
    "item": {"vi": "Mục", "en": "Item"}, "option": None, "item_id": None, "supersedes": None,
}  # fmt: skip
QUESTION = Question(KindId("motion"), DEFINITION["title"], DEFINITION["item"])
ANNOUNCED = ev.VoteAnnounced(V1, QUESTION, canonical.digest(DEFINITION), 1, "an")

SEAT = SeatAccount(SeatId("001"), AN, True, SeatSeen(90, 4000, 4600, 0), 4500, False)
PLAIN: list[tuple[ev.Event, Enclosure]] = [
    (ev.RuleBookAdopted(S1, BOOK), None),
    (ev.RollEstablished(S1, date(2026, 11, 21), (MEMBER,), {AN: SeatId("001")}), None),
    (ev.SittingOpened(S1, date(2026, 11, 21), {"vi": "Phiên họp", "en": "Sitting"}, "an"), None),
    (ev.SittingAdjourned(S1, "an"), None),
    (ev.SignedOut("c" * 64, "card_removed"), None),
    (ev.PresenceMarked(AN, True, "điểm danh", "an"), None),
    (ev.RollCalled("an"), None),
    (ev.SessionSlept("c" * 64, "time_over"), None),
    (ev.IncidentNoted(1, "card_elsewhere", "001", AN), None),
    (ev.IncidentNoted(2, "key_without_card", "001", None), None),
    (ev.IncidentAcknowledged(1, "an"), None),
    (ANNOUNCED, Definition(DEFINITION)),
    (ev.VoteSuperseded(V1, VoteId("s1.2"), "nhầm", "chủ tọa"), None),
    (ev.VoteOpened(V1, "A" * 22, 30, "an"), None),
    (ev.VoteHeld(V1, "mất điện", "an"), None),
    (ev.VoteResumed(V1, "an"), None),
    (ev.VoteExtended(V1, 10, "an"), None),
    (ev.VoteClosing(V1, 3, "clock"), None),
    (ev.VoteClosed(V1, 484, 452, 417), TookPart("a" * 64, [LEAF])),
    (ev.SeatsAccounted(V1, (SEAT, replace(SEAT, seen=SeatSeen(), recorded=None, by_phone=True))), None),
    (ev.HandCountEntered(V1, {APPROVE: 3}, "an", True), None),
    (ev.CastingVoteGiven(V1, APPROVE, "an"), None),
    (ev.ResultComputed(V1, RESULT), JWS),
    (ev.VoteDeclared(V1, RESULT, "an"), JWS),
    (ev.VoteCancelled(V1, "rút", "an"), None),
    (ev.RecordingInterrupted(START, AT, "storage"), None),
    (ev.FloorRequested(AN, "speech"), None),
    (ev.RequestWithdrawn(AN), None),
    (ev.MobileOpened((AN,), "họp ở Paris", "an"), None),
    (ev.MobileClosed((AN,), "đã về", "an"), None),
    (ev.FloorGiven(AN, "speech", 420, "an"), None),
    (ev.SpeechEnded(AN, "clock"), None),
]  # fmt: skip


def _entry(event: ev.Event, enclosure: Enclosure, actor: str = "hall") -> tuple[Entry, Any]:
    draft = encoding.encode(event, actor, enclosure)
    placed = place(Tip(sit=S1), draft, AT, S1, CountingToken())
    return placed.entry, draft.payload.body if draft.payload else None


def _signed() -> list[tuple[ev.Event, Enclosure]]:
    """A sign-in and a ballot: their events are read out of the statements."""
    chamber = Chamber(size=1)
    person = chamber.people[0]
    signing_in = person.sign_in(S1)
    form = {"log": ORIGIN, "sit": S1, "vote": V1, "def": "d" * 64, "chal": "A" * 22}
    ballot = person.ballot(form, "approve")
    command, asked = cast(ballot.evidence, person.session), signing_in.command  # type: ignore[arg-type]
    recorded = ev.BallotRecorded(
        V1, command.ballot, person.id, person.seat, "seat", person.session, APPROVE, 1, None
    )
    signed_in = ev.SignedIn(person.session, person.id, person.seat, "seat", person.key.kid, asked.expires)  # type: ignore[union-attr]
    return [(signed_in, signing_in.evidence), (recorded, ballot.evidence)]


def test_every_kind_of_event_comes_back_as_it_was() -> None:
    events = [*PLAIN, *_signed()]
    assert {type(event) for event, _ in events} == set(get_args(ev.Event))
    for event, enclosure in events:
        entry, body = _entry(event, enclosure)
        assert decoding.decode(entry, body) == event


def test_an_entry_reads_as_the_specification_says() -> None:
    entry, _ = _entry(ev.VoteHeld(V1, "mất điện", "an"), None)
    placed = place(
        Tip(sit=S1), encoding.encode(ev.VoteHeld(V1, "mất điện", "an"), "hall"), AT, S1, CountingToken()
    )
    assert placed.stored.data.decode() == (
        '{"actor":"officer:an","d":{"reason":"mất điện","vote":"s1.1"},"prev":"' + "0" * 64 + '","seq":0,'
        '"sit":"s1","t":"2026-11-21T13:48:00.123Z","type":"VoteHeld","v":1}'
    )
    assert entry == placed.entry


def test_a_ballots_public_part_is_its_hash_and_its_vote() -> None:
    (event, enclosure) = _signed()[1]
    entry, _ = _entry(event, enclosure, "member")
    assert isinstance(event, ev.BallotRecorded)
    assert entry.d == {"vote": V1, "ballot": event.ballot}
    assert entry.actor == "member"
    assert entry.blob is not None
    assert (entry.blob.cls, entry.blob.len) == ("ballot", 1536)


def test_withheld_payloads_leave_fields_empty() -> None:
    for event, enclosure in _signed():
        entry, _ = _entry(event, enclosure)
        seen = decoding.decode(entry, None)
        assert isinstance(seen, ev.SignedIn | ev.BallotRecorded)
        assert (seen.member, seen.seat, seen.session) == (None, None, None)
    entry, _ = _entry(ev.SignedOut("c" * 64, "left"), None)
    assert decoding.decode(entry, None) == ev.SignedOut(None, "left")
    entry, _ = _entry(ev.ResultComputed(V1, RESULT), JWS)
    assert decoding.decode(entry, None) == ev.ResultComputed(V1, None)


@pytest.mark.parametrize(
    ("event", "enclosure", "d"),
    [
        (ANNOUNCED, Definition(DEFINITION), {"def": "0" * 64}),
        (ANNOUNCED, Definition(DEFINITION), {"vote": "another"}),
        (ev.RuleBookAdopted(S1, BOOK), None, {"sha256": "0" * 64}),
        (ev.RuleBookAdopted(S1, BOOK), None, {"book": "another"}),
        (ev.VoteDeclared(V1, RESULT, "an"), JWS, {"vote": "another"}),
        (ev.VoteExtended(V1, 10, "an"), None, {"extra_s": "10"}),
        (ev.VoteExtended(V1, 10, "an"), None, {"extra_s": True}),
        (ev.RecordingInterrupted(START, AT, "x"), None, {"since": "yesterday"}),
    ],
)
def test_an_entry_that_contradicts_its_payload_is_malformed(
    event: ev.Event, enclosure: Enclosure, d: dict[str, Any]
) -> None:
    entry, body = _entry(event, enclosure)
    with pytest.raises(Malformed):
        decoding.decode(replace(entry, d={**entry.d, **d}), body)


def test_a_ballot_under_anothers_hash_is_malformed() -> None:
    event, enclosure = _signed()[1]
    entry, body = _entry(event, enclosure)
    with pytest.raises(Malformed):
        decoding.decode(replace(entry, d={**entry.d, "ballot": BallotHash("0" * 64)}), body)


def test_what_an_event_needs_must_be_enclosed() -> None:
    for event in (ANNOUNCED, ev.VoteClosed(V1, 1, 1, 1), ev.ResultComputed(V1, RESULT), _signed()[1][0]):
        with pytest.raises(TypeError):
            encoding.encode(event, "hall")


def test_the_first_entries_say_whose_log_it_is() -> None:
    known = Founding(ORIGIN, the_hall(), (b"ca",), (b"crl",))
    created, trust = drafts(Founded(), known)
    assert created.d["vkey"] == known.vkey
    assert list(created.d["keys"]) == [known.signer.kid]
    every = sorted(ALL)
    assert trust.d == {
        "ca": [canonical.sha256_hex(b"ca")],
        "crl": [canonical.sha256_hex(b"crl")],
        "algorithms": {"authorities": every, "cards": every},
    }
    for draft in (created, trust):
        catalogue.check(place(Tip(), draft, AT, "", CountingToken()).entry)


def test_a_certificate_is_kept_beside_its_sign_in() -> None:
    event, enclosure = _signed()[0]
    assert isinstance(enclosure, SessionEvidence)
    draft = encoding.encode(event, "member", enclosure)
    placed = place(Tip(), draft, AT, S1, CountingToken())
    assert placed.certificate is not None
    assert placed.certificate.der == enclosure.certificate
    assert draft.payload is not None
    assert draft.payload.body["cert"] == placed.certificate.sha256
