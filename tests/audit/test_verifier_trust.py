"""Whom a log says its hall trusted, judged again: at the sign-in, at each vote, and what was decided."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from audit import canonical, instant, signing, statement
from audit.canonical import sha256_hex
from audit.verifier import Report, verify
from tests.audit.builder import BEGIN, LogBuilder, ended, recount
from tests.audit.cards import Authority, Card
from tests.audit.responder import UNKNOWN, answer

HOUR = timedelta(hours=1)


def listed(
    log: LogBuilder,
    *,
    crl: tuple[bytes, ...] | None = None,
    ocsp: tuple[bytes, ...] = (),
    allowed: dict[str, list[str]] | None = None,
    **changed: Any,
) -> None:
    """A trust list as halls write it now."""
    crl = (log.authority.revoke(),) if crl is None else crl
    ders = {"ca": (log.authority.der,), "crl": crl, **({"ocsp": ocsp} if ocsp else {})}
    named = {name: [sha256_hex(der) for der in found] for name, found in ders.items()}
    answers = named.pop("ocsp", [])
    d: dict[str, Any] = {**named, "algorithms": allowed or {"authorities": ["P-256"], "cards": ["P-256"]}}
    if answers:
        d["ocsp"] = {"count": len(answers), "sha256": canonical.digest(answers)}
    body = {name: [base64.b64encode(der).decode() for der in found] for name, found in ders.items()}
    log.certs[named["ca"][0]] = log.authority.der
    log.add("TrustListed", d | changed, sit="", body=body, cls="public")


def begun(*members: str, **trust: Any) -> LogBuilder:
    log = LogBuilder()
    log.create()
    listed(log, **trust)
    log.open_sitting(members or ("m001", "m002"))
    return log


def waived(log: LogBuilder, **changed: Any) -> None:
    d = {
        "authorities": [sha256_hex(log.authority.der)], "until": instant.write(log.at + HOUR),
        "reason": "Mất kết nối", "decided_by": ["Nguyễn Thị A", "Trần Văn B"], **changed,
    }  # fmt: skip
    log.add("RevocationWaived", d)


def report(log: LogBuilder) -> Report:
    return verify(log.export(), log.anchor(), recount)


def codes(log: LogBuilder) -> set[str]:
    return {finding.code for finding in report(log).findings}


class TestAtTheVote:
    def test_a_list_that_ends_during_the_sitting_ends_the_votes_by_its_cards(self) -> None:
        log = LogBuilder()
        log.create()
        listed(log, crl=(log.authority.revoke(until=BEGIN + HOUR),))
        log.open_sitting(["m001"])
        log.sign_in("m001")
        log.open_vote("v1")
        log.cast("v1", "m001", "approve")
        assert codes(log) <= {"vote_in_play"}
        log.at += HOUR
        log.cast("v1", "m001", "reject")
        late = log.entries[-1].seq
        found = [finding for finding in report(log).findings if finding.severity == "error"]
        assert [(finding.code, finding.where) for finding in found] == [
            ("card_crl_missing", f"entry {late}")
        ]

    def test_a_ballot_by_a_card_revoked_in_mid_vote(self) -> None:
        log = begun("m001")
        card = log.authority.card("m001")
        log.sign_in("m001", card)
        log.open_vote("v1")
        listed(log, crl=(log.authority.revoke(card, number=2),))
        log.cast("v1", "m001", "approve")
        assert codes(ended(log)) == {"card_revoked"}

    def test_a_card_that_was_bad_when_it_signed_in_is_told_once(self) -> None:
        log = begun("m001")
        log.sign_in("m001", Authority("Another CA").card("m001"))
        log.open_vote("v1")
        log.cast("v1", "m001", "approve")
        assert [finding.code for finding in report(ended(log)).findings] == ["card_no_path"]


class TestDecided:
    def test_without_any_list_the_presidiums_decision_lets_cards_in_and_every_reader_is_told(self) -> None:
        log = LogBuilder()
        log.create()
        listed(log, crl=())
        waived(log)
        log.open_sitting(["m001"])
        log.sign_in("m001")
        log.open_vote("v1")
        log.cast("v1", "m001", "approve")
        whole = report(ended(log))
        (note,) = whole.findings
        assert (note.severity, note.code) == ("note", "revocation_waived")
        assert "Nguyễn Thị A and Trần Văn B" in note.text
        assert "Mất kết nối" in note.text
        assert whole.verdict == "verified"

    def test_it_ends(self) -> None:
        log = begun("m001", crl=())
        waived(log)
        log.at += 2 * HOUR
        log.sign_in("m001")
        assert codes(log) == {"revocation_waived", "card_crl_missing"}

    def test_it_counts_from_where_it_stands(self) -> None:
        log = begun("m001", crl=())
        log.sign_in("m001")
        waived(log)
        assert codes(log) == {"revocation_waived", "card_crl_missing"}

    def test_it_excuses_no_other_authority(self) -> None:
        log = begun("m001", crl=())
        waived(log, authorities=["0" * 64])
        log.sign_in("m001")
        assert codes(log) == {"revocation_waived", "card_crl_missing"}

    def test_a_revoked_card_stays_refused(self) -> None:
        log = LogBuilder()
        card = log.authority.card("m001")
        log.create()
        listed(log, crl=(log.authority.revoke(card, until=BEGIN),))
        waived(log)
        log.open_sitting(["m001"])
        log.sign_in("m001", card)
        assert codes(log) == {"revocation_waived", "card_revoked"}

    @pytest.mark.parametrize(
        "changed",
        [
            {"decided_by": ["Nguyễn Thị A", " nguyễn  thị a "]},
            {"decided_by": ["Nguyễn Thị A", " "]},
            {"reason": " "},
            {"authorities": []},
            {"until": instant.write(BEGIN + timedelta(hours=25))},
            {"until": instant.write(BEGIN - HOUR)},
        ],
    )
    def test_what_nobody_may_decide_is_void(self, changed: dict[str, Any]) -> None:
        log = begun("m001", crl=())
        waived(log, **changed)
        log.sign_in("m001")
        assert codes(log) == {"waiver_void", "card_crl_missing"}

    @pytest.mark.parametrize("names", [["one"], ["a", "b", "c"], "ab"])
    def test_not_two_names_are_no_entry(self, names: Any) -> None:
        log = begun("m001")
        waived(log, decided_by=names)
        assert "entry_malformed" in codes(log)


class TestAnswers:
    def test_an_answer_in_the_log_lets_its_card_in(self) -> None:
        ca = LogBuilder().authority
        one, two = ca.card("m001"), ca.card("m002")
        log = begun(crl=(), ocsp=(answer(ca, one), answer(ca, two, UNKNOWN)))
        log.sign_in("m001", one)
        assert codes(log) == set()
        log.sign_in("m002", two)
        assert codes(log) == {"card_unknown"}

    @pytest.mark.parametrize(
        "named",
        [{"count": 2, "sha256": "0" * 64}, {"count": 1, "sha256": "0" * 64}],
    )
    def test_the_entry_names_the_very_answers_of_its_payload(self, named: dict[str, Any]) -> None:
        ca = LogBuilder().authority
        other = LogBuilder()
        other.create()
        listed = {"ca": [sha256_hex(ca.der)], "crl": []}
        body = {"ca": [base64.b64encode(ca.der).decode()], "crl": []}
        body["ocsp"] = [base64.b64encode(answer(ca, ca.card("m001"))).decode()]
        other.certs[listed["ca"][0]] = ca.der
        other.add("TrustListed", {**listed, "ocsp": named}, sit="", body=body, cls="public")
        assert codes(other) == {"trust_list"}


RSA, P384 = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP384R1())


class TestAllowed:
    @pytest.mark.parametrize("key", [RSA, P384])
    def test_a_card_of_a_kind_that_the_hall_does_not_allow(self, key: Any) -> None:
        log = begun("m001")
        signed_by_it(log, log.authority.card("m001", key=key))
        assert codes(log) == {"card_algorithm"}

    def test_a_card_may_sign_by_what_is_allowed_alone(self) -> None:
        """An RSA key can do both; the hall wants PSS."""
        allowed = {"authorities": ["P-256"], "cards": ["RSA-PSS"]}
        for alg, wanted in (("PS256", set()), ("RS256", {"card_algorithm"})):
            log = begun("m001", allowed=allowed)
            signed_by_it(log, log.authority.card("m001", key=RSA), alg)
            assert codes(log) == wanted

    def test_an_authority_likewise(self) -> None:
        log = begun("m001", allowed={"authorities": ["RSA-PSS"], "cards": ["P-256"]})
        log.sign_in("m001")
        assert codes(log) == {"card_algorithm"}

    @pytest.mark.parametrize("names", [[], ["MD5"], ["P-256", "DSA"]])
    def test_nothing_else_can_be_allowed(self, names: list[str]) -> None:
        assert "trust_list" in codes(begun(allowed={"authorities": ["P-256"], "cards": names}))

    def test_a_log_of_before_allows_all_four(self) -> None:
        log = LogBuilder()
        log.create()
        log.list_trust()
        log.open_sitting(["m001"])
        signed_by_it(log, log.authority.card("m001", key=RSA), "RS256")
        assert codes(log) == set()


def signed_by_it(log: LogBuilder, card: Card, alg: str = "") -> None:
    key: Any = card.key
    alg = alg or signing.algorithms(key.public_key())[0]
    unsigned = statement.draft(statement.SESSION_KEY, log.session("m001"), alg, **card.naming)
    said = unsigned.signing_input
    if isinstance(key, rsa.RSAPrivateKey):
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        made = key.sign(said, pss if alg == "PS256" else padding.PKCS1v15(), hashes.SHA256())
    else:
        made = signing.raw_ecdsa(key.sign(said, ec.ECDSA(hashes.SHA384())), 48)
    log.cards["m001"] = card
    body = {"jws": unsigned.finish(made), "cert": card.fingerprint}
    log.add("SignedIn", {}, actor="member", body=body, cls="session")


class TestWhatASittingStandsOn:
    def opened(self, seq: int, entry: str | None = None) -> set[str]:
        log = begun("m001")
        listed(log)
        at = log.entries[-1]
        said = {"seq": at.seq + seq, "entry": entry or sha256_hex(log.raw[at.seq])}
        log.add("SittingOpened", {"on": "2026-11-21", "title": {"vi": "x"}, "closed": False, "trust": said})
        return codes(log)

    def test_it_names_the_trust_list_in_force(self) -> None:
        assert "sitting_trust" not in self.opened(0)
        assert "sitting_trust" in self.opened(-1)
        assert "sitting_trust" in self.opened(0, "0" * 64)
