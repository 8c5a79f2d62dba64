"""Signed statements: golden bytes, a JOSE library as the judge of ours, and all that is refused."""

import base64
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import joserfc.jwk
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jws as jose
from joserfc.errors import SecurityWarning

from audit import base64url, canonical, signing, statement
from audit.errors import BadSignature, BadStatement
from tests.audit.builder import hall_signer
from tests.audit.cards import key_of

GOLDEN = Path(__file__).parents[1] / "vectors" / "audit"
FORM = {
    "log": "dienhong.example/hall/2026",
    "sit": "2019-06-03-pm",
    "vote": "2019-06-03-pm.2",
    "def": "de" * 32,
    "chal": "AAAAAAAAAAAAAAAAAAAAAA",
}
SESSION = signing.EcSigner(key_of("session"))
HALL = hall_signer()
SK = "5e" * 32
X5T = {"x5t#S256": base64url.encode(bytes(32))}


def ballot(**changed: Any) -> dict[str, Any]:
    filled = statement.fill(
        FORM, member="m001", seat="087", device="SN-1", choice="approve", rev=1, prev=None, nonce=bytes(16)
    )
    return filled | changed


PAYLOADS: dict[str, dict[str, Any]] = {
    statement.SESSION_KEY: {
        "log": FORM["log"], "sit": FORM["sit"], "member": "m001", "seat": "087", "channel": "seat",
        "key": signing.to_jwk(SESSION.public_key), "exp": "2026-11-21T23:59:59.000Z", "chal": FORM["chal"],
    },
    statement.BALLOT: ballot(),
    statement.RECEIPT: {
        "log": FORM["log"], "vote": FORM["vote"], "ballot": "ba" * 32, "seq": 1311,
        "t": "2026-11-21T13:48:00.123Z",
    },
    statement.RESULT: {
        "log": FORM["log"], "sit": FORM["sit"], "vote": FORM["vote"], "def": FORM["def"], "round": 1,
        "rule": {"book": "vn.qh.2019", "sha256": "ab" * 32, "id": "vn.qh.more_than_half_of_all"},
        "roll": 484, "present": 452, "participated": 417, "counts": {"approve": 240, "reject": 150},
        "invalid": 0, "percent": {"approve": {"hundredths": 4959, "of": 484, "base": "all_members"}},
        "conditions": [{
            "counted": "approve", "share": [1, 2], "strict": True, "base": "all_members", "of": 484,
            "have": 240, "need": 243, "met": False,
        }],
        "casting_vote": None, "outcome": "rejected", "head": {"size": 1800, "root": "0" * 64},
    },
    statement.HALL: {
        "hall": "h", "to": "all", "epoch": 1, "n": 1, "t": "2026-11-21T13:48:00.123Z", "type": "state",
        "more": 1,
    },
    statement.CONSOLE: {
        "bridge": "b", "boot": "x", "n": 1, "t": "2026-11-21T13:48:00.123Z", "type": "hello", "seats": {}
    },
}  # fmt: skip


FITTING = [("counts", {"a": 1}), ("conditions", [])]
"""Of the values that are tried in a wrong place, those that are right in theirs."""


KTY: dict[str, Any] = {"ES256": "EC", "EdDSA": "OKP"}


def pem(key: Any) -> bytes:
    return bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def signed(typ: str, payload: dict[str, Any]) -> tuple[dict[str, str], signing.Signer]:
    if typ == statement.SESSION_KEY:
        return statement.sign(typ, payload, SESSION, **X5T), SESSION
    if typ == statement.BALLOT:
        return statement.sign(typ, payload, SESSION, sk=SK), SESSION
    return statement.sign(typ, payload, HALL), HALL


@pytest.mark.parametrize("typ", PAYLOADS)
def test_every_kind_is_signed_read_and_verified(typ: str) -> None:
    jws, signer = signed(typ, PAYLOADS[typ])
    found = statement.parse(jws, typ)
    statement.verify(found, signer.public_key)
    assert found.payload == PAYLOADS[typ]
    assert found.payload_hash == canonical.digest(PAYLOADS[typ])
    assert statement.typ_of(jws) == typ


@pytest.mark.parametrize("typ", PAYLOADS)
def test_a_jose_library_verifies_ours_and_ours_verifies_its(typ: str) -> None:
    jws, signer = signed(typ, PAYLOADS[typ])
    registry = jose.JWSRegistry(algorithms=[signer.alg], strict_check_header=False)
    key = joserfc.jwk.import_key(signing.to_jwk(signer.public_key))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # RFC 9864 renames EdDSA; RFC 8037's name is ours
        assert jose.deserialize_json(dict(jws), key, registry=registry).payload == canonical.encode(
            PAYLOADS[typ]
        )
        private = joserfc.jwk.import_key(pem(signer._key), KTY[signer.alg])  # type: ignore[attr-defined]
        header = json.loads(base64url.decode(jws["protected"]))
        made = jose.serialize_json(
            {"protected": header}, canonical.encode(PAYLOADS[typ]), private, registry=registry
        )
    statement.verify(statement.parse(made, typ), signer.public_key)


@pytest.mark.parametrize("name", ["parl-ballot.json", "parl-receipt.json"])
def test_the_golden_statements(name: str) -> None:
    text = (GOLDEN / name).read_bytes()
    jws = canonical.decode(text)
    typ = f"{name.removesuffix('.json')}+json"
    found = statement.parse(jws, typ)
    assert found.payload == PAYLOADS[typ]
    statement.verify(found, SESSION.public_key if typ == statement.BALLOT else HALL.public_key)
    if typ == statement.RECEIPT:  # EdDSA is deterministic: the same bytes each time
        assert canonical.encode(statement.sign(typ, PAYLOADS[typ], HALL)) == text


@pytest.mark.parametrize("typ", PAYLOADS)
def test_a_payload_with_a_member_missing_or_wrong_is_refused(typ: str) -> None:
    for name in PAYLOADS[typ]:
        if name in (
            "more",
            "seats",
        ):  # these two kinds are open: docs/specs/bus.md says what else they hold
            continue
        without = {n: v for n, v in PAYLOADS[typ].items() if n != name}
        refused(typ, without, f"lacks {name}")
        for value in ([], "", {"a": 1}, -1, True, "x" * 300):
            if (name, value) in FITTING:
                continue
            refused(typ, PAYLOADS[typ] | {name: value}, name)


@pytest.mark.parametrize(
    "typ", [statement.SESSION_KEY, statement.BALLOT, statement.RECEIPT, statement.RESULT]
)
def test_a_payload_with_more_is_refused(typ: str) -> None:
    refused(typ, PAYLOADS[typ] | {"comment": "x"}, "more")


def refused(typ: str, payload: dict[str, Any], match: str) -> None:
    with pytest.raises(BadStatement, match=match):
        signed(typ, payload)
    jws, _ = signed(typ, PAYLOADS[typ])
    with pytest.raises(BadStatement, match=match):
        statement.parse(jws | {"payload": base64url.encode(canonical.encode(payload))}, typ)


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


GOOD, _ = signed(statement.BALLOT, PAYLOADS[statement.BALLOT])
HEADER = json.loads(base64url.decode(GOOD["protected"]))


def with_header(**changed: Any) -> dict[str, Any]:
    header = {n: v for n, v in (HEADER | changed).items() if v != "gone"}
    return GOOD | {"protected": b64(json.dumps(header).encode())}


@pytest.mark.parametrize(
    "jws",
    [
        with_header(alg="none"), with_header(alg="HS256"), with_header(alg="EdDSA"),
        with_header(alg=["ES256"]), with_header(typ="parl-receipt+json"), with_header(typ=None),
        with_header(typ="gone"),
        with_header(kid="gone"), with_header(sk="gone"), with_header(kid="gone", sk="gone"),
        with_header(kid="short"), with_header(kid=1), with_header(sk="5E" * 32), with_header(crit=["b64"]),
        with_header(b64=False), with_header(jwk={}), with_header(x5u="https://evil.example"),
        with_header(**X5T), with_header(alg="gone"),
        GOOD | {"header": {"kid": "x"}}, GOOD | {"signatures": []},
        {n: v for n, v in GOOD.items() if n != "signature"},
        GOOD | {"signature": GOOD["signature"] + "="}, GOOD | {"signature": GOOD["signature"] + "\n"},
        GOOD | {"signature": GOOD["signature"][:-1] + "_"}, GOOD | {"signature": 1},
        GOOD | {"payload": GOOD["payload"] + " "}, GOOD | {"payload": b64(b"{}")},
        GOOD | {"payload": b64(b"[]")},
        GOOD | {"payload": b64(json.dumps(ballot()).encode())},
        GOOD | {"payload": "A" * 300_000}, GOOD | {"protected": b64(b"[]")},
        GOOD | {"protected": b64(json.dumps(HEADER).encode() + b" " * 900)},
        GOOD | {"protected": b64(b"{")},
        GOOD | {"protected": b64(b'{"alg":"ES256","alg":"ES256","typ":"parl-ballot+json"}')},
        [], None, "x", json.dumps(GOOD),
    ],
)  # fmt: skip
def test_anything_but_the_one_form_is_refused(jws: Any) -> None:
    with pytest.raises(BadStatement):
        statement.parse(jws, statement.BALLOT)


def test_the_order_of_the_headers_members_is_the_signers() -> None:
    """A phone's library may write them as it likes: the signature is over the text as it came."""
    header = dict(reversed(HEADER.items()))
    protected = b64(json.dumps(header, indent=1).encode())
    text = f"{protected}.{GOOD['payload']}".encode()
    jws = {"protected": protected, "payload": GOOD["payload"], "signature": b64(SESSION.sign(text))}
    statement.verify(statement.parse(jws, statement.BALLOT), SESSION.public_key)


@pytest.mark.parametrize(
    "change",
    [
        lambda jws: jws | {"signature": b64(bytes(64))},
        lambda jws: jws | {"signature": b64(base64url.decode(jws["signature"])[:-1])},
        lambda jws: jws | {"signature": ""},
        lambda jws: jws | {"payload": b64(canonical.encode(ballot(choice="reject")))},
        lambda jws: jws | {"protected": b64(canonical.encode(HEADER | {"sk": "00" * 32}))},
    ],
)
def test_a_changed_statement_is_not_signed(change: Callable[[dict[str, str]], dict[str, str]]) -> None:
    found = statement.parse(change(GOOD), statement.BALLOT)
    with pytest.raises(BadSignature):
        statement.verify(found, SESSION.public_key)


def test_another_key_didnt_sign_it() -> None:
    found = statement.parse(GOOD, statement.BALLOT)
    for key in (
        key_of("thief").public_key(),
        HALL.public_key,
        ec.generate_private_key(ec.SECP384R1()).public_key(),
    ):
        with pytest.raises(BadSignature):
            statement.verify(found, key)


@pytest.mark.parametrize("alg", ["PS256", "RS256"])
def test_an_older_cards_rsa_signature_is_taken_by_way_of_a_draft(alg: str) -> None:
    """A card answers later: the draft's bytes go to it, its answer finishes the statement."""
    card = rsa.generate_private_key(65537, 2048)
    pad = padding.PSS(padding.MGF1(hashes.SHA256()), 32) if alg == "PS256" else padding.PKCS1v15()
    draft = statement.draft(statement.SESSION_KEY, PAYLOADS[statement.SESSION_KEY], alg, **X5T)
    jws = draft.finish(card.sign(draft.signing_input, pad, hashes.SHA256()))
    found = statement.parse(jws, statement.SESSION_KEY)
    statement.verify(found, card.public_key())
    assert found.payload_hash == draft.payload_hash


def test_a_short_rsa_key_signs_nothing() -> None:
    card = rsa.generate_private_key(65537, 1024)
    draft = statement.draft(statement.SESSION_KEY, PAYLOADS[statement.SESSION_KEY], "RS256", **X5T)
    jws = draft.finish(card.sign(draft.signing_input, padding.PKCS1v15(), hashes.SHA256()))
    with pytest.raises(BadSignature, match="1024"):
        statement.verify(statement.parse(jws, statement.SESSION_KEY), card.public_key())


def test_a_pss_signature_with_another_salt_is_refused() -> None:
    card = rsa.generate_private_key(65537, 2048)
    draft = statement.draft(statement.SESSION_KEY, PAYLOADS[statement.SESSION_KEY], "PS256", **X5T)
    salted = padding.PSS(padding.MGF1(hashes.SHA256()), 20)
    jws = draft.finish(card.sign(draft.signing_input, salted, hashes.SHA256()))
    with pytest.raises(BadSignature):
        statement.verify(statement.parse(jws, statement.SESSION_KEY), card.public_key())


def test_a_ballots_identity_isnt_its_signature() -> None:
    """ECDSA signs differently each time: the same ballot signed again is the same ballot."""
    again, _ = signed(statement.BALLOT, ballot())
    assert again["signature"] != GOOD["signature"]
    one, two = (statement.parse(jws, statement.BALLOT) for jws in (GOOD, again))
    assert one.payload_hash == two.payload_hash


def test_a_form_must_be_a_form() -> None:
    press: dict[str, Any] = {
        "member": "m",
        "seat": None,
        "device": "d",
        "choice": "c",
        "rev": 1,
        "prev": None,
    }
    for form in ({}, FORM | {"keys": {}}, {n: v for n, v in FORM.items() if n != "chal"}):
        with pytest.raises(BadStatement, match="form"):
            statement.fill(form, nonce=bytes(16), **press)
    with pytest.raises(BadStatement, match="nonce"):
        statement.fill(FORM, nonce=bytes(15), **press)


def test_a_kind_is_read_from_a_header_in_any_order_and_from_no_long_one() -> None:
    backwards = b64(json.dumps(dict(reversed(HEADER.items()))).encode())
    assert statement.typ_of(GOOD | {"protected": backwards}) == statement.BALLOT
    with pytest.raises(BadStatement, match="1024"):
        statement.typ_of(with_header(pad="x" * 1024))


@pytest.mark.parametrize("header", [None, 7, "===", "e30x", b64(b"[]"), b64(b'{"typ":1,"typ":2}')])
def test_what_has_no_header_has_no_kind(header: Any) -> None:
    with pytest.raises(BadStatement):
        statement.typ_of({**GOOD, "protected": header})
    for none in (None, 7, {}, {"protected": header}):
        with pytest.raises(BadStatement):
            statement.typ_of(none)


def test_unknown_kinds_are_refused() -> None:
    for call in (
        lambda: statement.parse(GOOD, "parl-other+json"),
        lambda: statement.typ_of(with_header(typ="parl-other+json")),
        lambda: statement.typ_of(with_header(typ=[])),
        lambda: statement.typ_of({"protected": "!", "payload": "", "signature": ""}),
        lambda: statement.sign("parl-other+json", {}, HALL),
    ):
        with pytest.raises(BadStatement):
            call()
