"""What somebody with the hall's own key could write into a log is found by what others signed and named."""

from datetime import timedelta
from typing import Any

import pytest

from audit import base64url, canonical, instant, participation, statement
from audit.signing import EcSigner, to_jwk
from audit.verifier import verify
from tests.audit.builder import BEGIN, LogBuilder, begun, ended, hall_signer, recount, sitting, voted
from tests.audit.cards import DAY_ONE, Authority, Card, key_of


def judged(log: LogBuilder) -> set[str]:
    report = verify(log.export(), log.anchor(), recount)
    return {finding.code for finding in report.findings}


def ended_judged(log: LogBuilder) -> set[str]:
    return judged(ended(log))


def test_a_forged_result_is_named() -> None:
    log = voted()
    log.close("v1")
    log.declare("v1", counts={"approve": 5})
    assert judged(log) == {"result_counts"}  # with the hall's key only the recount tells
    log = voted()
    log.close("v1")
    log.declare("v1", hall_signer("thief"), counts={"approve": 5})
    assert {"result_signature", "result_counts"} == judged(log)


def test_a_result_declared_other_than_computed_is_named() -> None:
    log = voted()
    log.close("v1")
    jws = statement.sign(statement.RESULT, log.result("v1"), log.hall)
    other = statement.sign(statement.RESULT, log.result("v1", outcome="rejected"), log.hall)
    log.add("ResultComputed", {"vote": "v1"}, body=jws, cls="result")
    log.add("VoteDeclared", {"vote": "v1"}, body=other, cls="declared")
    assert judged(log) == {"declared_differs"}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"vote": "v2"}, "result_elsewhere"),
        ({"def": "0" * 64}, "result_elsewhere"),
        ({"round": 2}, "result_elsewhere"),
        ({"log": "another.example/hall/2026"}, "result_elsewhere"),
        ({"roll": 5}, "result_differs"),
        ({"head": {"size": 1, "root": "0" * 64}}, "result_head"),
        ({"rule": {"book": "test", "sha256": "0" * 64, "id": "x"}}, "result_rule_book"),
    ],
)
def test_a_result_about_something_else_is_named(changed: dict[str, Any], code: str) -> None:
    log = voted()
    log.close("v1")
    log.declare("v1", **changed)
    assert code in judged(log)


def test_a_ballot_of_somebody_not_on_the_roll_is_named() -> None:
    log = begun()
    log.sign_in("stranger")
    log.cast("v1", "stranger", "approve")
    assert {"session_not_on_roll", "ballot_not_on_roll", "participation_ballots"} <= ended_judged(log)


def test_a_member_who_has_left_office_isnt_on_the_roll() -> None:
    log = LogBuilder()
    log.create()
    log.list_trust()
    log.open_sitting(["m001", "m002"])
    body = {"members": [], "seating": {}}
    left = {
        "id": "m001",
        "name": "A",
        "delegation": "",
        "since": "2026-01-01",
        "until": "2026-11-21",
        "weight": 1,
    }
    body["members"] = [left]  # type: ignore[assignment]
    log.add("RollEstablished", {"on": "2026-11-21", "members": 1}, body=body, cls="public")
    log.sign_in("m001")
    assert judged(log) == {"session_not_on_roll"}


def test_two_effective_ballots_are_named() -> None:
    log = voted()
    log.cast("v1", "m001", "reject", rev=1, prev=None)
    assert {"ballot_second_effective"} <= ended_judged(log)


def test_a_revision_that_replaces_another_ballot_is_named() -> None:
    log = voted()
    log.cast("v1", "m001", "reject", prev="0" * 64)
    assert "ballot_second_effective" in ended_judged(log)


def test_the_same_ballot_twice_is_named() -> None:
    log = begun()
    payload = log.ballot("v1", "m001", "approve")
    session, signer = log.sessions["m001"]
    jws = statement.sign(statement.BALLOT, payload, signer, sk=session)
    log.record("v1", payload, jws)
    log.record("v1", payload, jws)
    assert {"ballot_doubled", "ballot_second_effective"} <= ended_judged(log)


def test_payloads_swapped_between_two_entries_are_named() -> None:
    log = sitting()
    files = log.export()
    first, second = [e.blob for e in log.entries if e.type == "BallotRecorded"][:2]
    assert first
    assert second
    a, b = f"blobs/{first.sha256}", f"blobs/{second.sha256}"
    report = verify(files | {a: files[b], b: files[a]}, log.anchor(), recount)
    swapped = [f for f in report.findings if f.code == "payload_swapped"]
    assert {f.where for f in swapped} == {a, b}


def test_an_entry_with_anothers_ballot_is_named() -> None:
    log = begun()
    payload = log.ballot("v1", "m001", "approve")
    session, signer = log.sessions["m001"]
    jws = statement.sign(statement.BALLOT, payload | {"choice": "reject"}, signer, sk=session)
    log.record("v1", payload, jws)
    assert {"ballot_differs"} <= ended_judged(log)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"log": "another.example/hall/2026"}, "ballot_elsewhere"),
        ({"sit": "yesterday"}, "ballot_elsewhere"),
        ({"vote": "v0"}, "ballot_elsewhere"),
        ({"def": "0" * 64}, "ballot_elsewhere"),
        ({"chal": base64url.encode(bytes(16))}, "ballot_elsewhere"),
        ({"seat": "042"}, "ballot_of_another"),
        ({"seat": None}, "ballot_of_another"),
        ({"member": "m002"}, "ballot_of_another"),
    ],
)
def test_a_ballot_made_for_something_else_is_named(changed: dict[str, Any], code: str) -> None:
    log = begun()
    log.cast("v1", "m001", "approve", **changed)
    assert code in ended_judged(log)


def test_a_ballot_signed_with_anothers_key_is_named() -> None:
    log = begun()
    payload = log.ballot("v1", "m001", "approve")
    thief = EcSigner(key_of("thief"))
    kid = log.sessions["m001"][1].kid
    for header in ({}, {"kid": kid}):
        bent = log.copy()
        jws = statement.sign(statement.BALLOT, payload, thief, sk=log.sessions["m001"][0], **header)
        bent.record("v1", payload, jws)
        assert ended_judged(bent) == {"ballot_signature"}


def test_a_ballot_whose_signature_was_damaged_is_named() -> None:
    log = begun()
    payload = log.ballot("v1", "m001", "approve")
    session, signer = log.sessions["m001"]
    jws = statement.sign(statement.BALLOT, payload, signer, sk=session)
    jws["signature"] = base64url.encode(bytes(64))
    log.record("v1", payload, jws)
    assert ended_judged(log) == {"ballot_signature"}


def test_a_ballot_of_an_unknown_session_is_named() -> None:
    log = begun()
    log.sessions["m001"] = ("0" * 64, log.sessions["m001"][1])
    log.cast("v1", "m001", "approve")
    assert ended_judged(log) == {"ballot_session_unknown"}


def test_a_ballot_after_signing_out_is_named() -> None:
    log = begun()
    log.sign_out("m001")
    log.cast("v1", "m001", "approve")
    assert ended_judged(log) == {"ballot_session_over"}


def test_a_ballot_after_the_sessions_expiry_is_named() -> None:
    log = begun()
    log.at = BEGIN + timedelta(hours=4)
    log.cast("v1", "m001", "approve")
    assert ended_judged(log) == {"ballot_session_over"}


def test_a_ballot_outside_the_opening_is_named() -> None:
    log = sitting()
    log.cast("v1", "m001", "reject")
    assert "ballot_outside_opening" in judged(log)


def test_a_ballot_signed_by_the_card_is_taken() -> None:
    """Where the rule book wants the card for each ballot (PIV 9C)."""
    log = begun()
    payload = log.ballot("v1", "m001", "approve")
    card = log.cards["m001"]
    log.record("v1", payload, statement.sign(statement.BALLOT, payload, card.signer, **card.naming))
    assert ended_judged(log) == set()
    log = begun()
    payload = log.ballot("v1", "m001", "approve")
    card = log.cards["m002"]
    log.record("v1", payload, statement.sign(statement.BALLOT, payload, card.signer, **card.naming))
    assert ended_judged(log) == {"ballot_of_another"}


def opened(**made_with: Any) -> LogBuilder:
    log = LogBuilder(**made_with)
    log.create()
    log.list_trust()
    log.open_sitting(["m001", "m002", "m003"])
    return log


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"log": "another.example/hall/2026"}, "session_elsewhere"),
        ({"sit": "yesterday"}, "session_elsewhere"),
        ({"seat": None}, "session_elsewhere"),
        ({"channel": "mobile"}, "session_elsewhere"),
        ({"member": "m002"}, "session_of_another"),
        ({"exp": instant.write(BEGIN)}, "session_over"),
    ],
)
def test_a_session_for_something_else_is_named(changed: dict[str, Any], code: str) -> None:
    log = opened()
    log.sign_in("m001", **changed)
    assert judged(log) == {code}


def test_a_phones_session_has_no_seat() -> None:
    log = opened()
    log.sign_in("m001", channel="mobile", seat=None)
    assert judged(log) == set()


def test_a_session_used_twice_is_named() -> None:
    log = opened()
    card = log.authority.card("m001")
    jws = statement.sign(statement.SESSION_KEY, log.session("m001"), card.signer, **card.naming)
    log.cards["m001"] = card
    for _ in range(2):
        log.add("SignedIn", {}, body={"jws": jws, "cert": card.fingerprint}, cls="session")
    assert judged(log) == {"session_doubled"}


def test_a_session_signed_by_another_card_is_named() -> None:
    log = opened()
    card, other = log.authority.card("m001"), log.authority.card("m002")
    log.sign_in("m001", Card("m001", other.key, card.certificate))
    assert judged(log) == {"session_signature"}


def cards() -> dict[str, tuple[Card, str]]:
    authority = Authority()
    return {
        "expired": (authority.card("m001", end=BEGIN - timedelta(days=1)), "card_expired"),
        "not yet": (authority.card("m001", begin=BEGIN + timedelta(days=1)), "card_not_yet_valid"),
        "foreign": (Authority("Another CA").card("m001"), "card_no_path"),
    }


@pytest.mark.parametrize("which", list(cards()))
def test_a_card_that_could_not_be_relied_on_is_named(which: str) -> None:
    card, code = cards()[which]
    log = opened()
    log.sign_in("m001", card)
    assert judged(log) == {code}


def test_a_revoked_card_is_named() -> None:
    log = LogBuilder()
    card = log.authority.card("m001")
    log.create()
    log.list_trust(crl=[log.authority.revoke(card, since=DAY_ONE)])
    log.open_sitting(["m001"])
    log.sign_in("m001", card)
    assert judged(log) == {"card_revoked"}


def test_a_card_revoked_afterwards_is_good() -> None:
    log = LogBuilder()
    card = log.authority.card("m001")
    log.create()
    log.list_trust(crl=[log.authority.revoke(card, since=BEGIN + timedelta(days=1))])
    log.open_sitting(["m001"])
    log.sign_in("m001", card)
    assert judged(log) == set()


def test_a_hall_that_lists_no_revocations_is_named() -> None:
    log = LogBuilder()
    log.create()
    log.list_trust(crl=[])
    log.open_sitting(["m001"])
    log.sign_in("m001")
    assert judged(log) == {"card_crl_missing"}


def test_a_sign_out_of_nobody_is_named() -> None:
    log = opened()
    log.sessions["m001"] = ("0" * 64, EcSigner(key_of("x")))
    log.sign_out("m001")
    assert judged(log) == {"session_unknown"}


def test_a_list_of_who_took_part_that_leaves_somebody_out_is_named() -> None:
    log = voted()
    effective = {m: held[1] for m, held in log.votes["v1"]["ballots"].items()}
    effective.pop("m001")
    leaves, _ = participation.build(log.roll, effective, bytes(32))
    log.close("v1", leaves)
    assert judged(log) == {"participation_ballots"}


def test_a_list_over_another_roll_is_named() -> None:
    log = voted()
    effective = {m: held[1] for m, held in log.votes["v1"]["ballots"].items()}
    leaves, _ = participation.build(log.roll[:-1], effective, bytes(32))
    log.close("v1", leaves)
    assert judged(log) == {"participation_roll"}


def test_another_root_or_number_at_the_close_is_named() -> None:
    log = voted()
    other = log.copy()
    log.close("v1", took_part="0" * 64)
    assert judged(log) == {"participation_root"}
    other.close("v1", ballots=4)
    assert judged(other) == {"ballots_differ"}


def test_keys_that_entry_0_doesnt_vouch_for_are_named() -> None:
    log = LogBuilder()
    other = hall_signer("other")
    d = {"origin": "x", "vkey": "y", "keys": {log.hall.kid: to_jwk(other.public_key)}}
    log.add("LogCreated", d, sit="")
    assert judged(log) == {"origin_differs", "vkey_unreadable", "hall_key"}


def test_a_definition_that_isnt_its_hash_is_named() -> None:
    log = opened()
    log.add("VoteAnnounced", {"vote": "v", "definition": {}, "def": "0" * 64, "round": 1})
    assert judged(log) == {"definition_differs"}


def test_a_rule_book_other_than_named_is_named() -> None:
    log = opened()
    log.add("RuleBookAdopted", {"book": "b", "sha256": "0" * 64}, body={"text": "="}, cls="public")
    assert judged(log) == {"rule_book_differs", "rule_book_unreadable"}


def test_acts_out_of_order_are_named() -> None:
    log = opened()
    log.add("VoteOpened", {"vote": "v", "challenge": base64url.encode(bytes(16)), "duration_s": 1})
    log.add(
        "ResultComputed",
        {"vote": "v"},
        body={"protected": "", "payload": "", "signature": ""},
        cls="result",
    )
    assert judged(log) == {"vote_order"}


@pytest.mark.parametrize(
    ("type_", "d", "extra"),
    [
        ("Sabotage", {}, {}),
        ("BallotRecorded", {"vote": "v1", "ballot": "0" * 64, "member": "m001"}, {}),
        ("BallotRecorded", {"vote": "v1", "ballot": "0" * 64}, {}),
        ("SittingAdjourned", {}, {"body": {}, "cls": "public"}),
    ],
)
def test_entries_outside_the_catalogue_are_named(
    type_: str, d: dict[str, Any], extra: dict[str, Any]
) -> None:
    log = opened()
    log.add(type_, d, **extra)
    assert "entry_malformed" in judged(log)


def test_a_payload_of_another_shape_is_named() -> None:
    log = begun()
    log.add("BallotRecorded", {"vote": "v1", "ballot": "0" * 64}, body={"choice": 1}, cls="ballot")
    assert "payload_malformed" in judged(log)
    log = begun()
    jws = {"protected": "e30", "payload": "e30", "signature": ""}
    log.add("BallotRecorded", {"vote": "v1", "ballot": canonical.digest({})}, body=jws, cls="ballot")
    assert "ballot_malformed" in judged(log)


def test_time_that_runs_back_is_named() -> None:
    log = opened()
    log.at -= timedelta(seconds=5)
    log.add("SittingAdjourned", {})
    assert judged(log) == {"time_runs_back"}
