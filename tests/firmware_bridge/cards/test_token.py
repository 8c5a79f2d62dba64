"""PKCS#11 tokens: which one is meant, what it signs, and what goes wrong with it. SoftHSM2 is the token."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import signing
from firmware_bridge.cards.errors import PinBlocked, PinWrong
from firmware_bridge.cards.pkcs11_uri import BadTokenUri, parse
from simulators.authority import Authority
from tests import softhsm

AT = datetime(2026, 11, 21, tzinfo=UTC)


def test_a_uri_names_token_key_and_module() -> None:
    found = parse("pkcs11:token=Di%C3%AAn%20H%E1%BB%93ng;object=log;type=private?module-path=/usr/lib/x.so")
    assert (found.token, found.object, found.id) == ("Diên Hồng", "log", None)
    assert found.module == Path("/usr/lib/x.so")
    by_id = parse("pkcs11:serial=0123;id=%01%FF?module-path=/x.so")
    assert (by_id.serial, by_id.id) == ("0123", b"\x01\xff")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("file:log.pem", "begins with"),
        ("pkcs11:object=log?module-path=/x.so", "which token"),
        ("pkcs11:token=hall?module-path=/x.so", "which key"),
        ("pkcs11:token=hall;object=log", "module-path"),
        ("pkcs11:token=hall;object=log?module-path=x.so", "module-path"),
        ("pkcs11:token=hall;object=log?module-path=/x.so&pin-value=1234", "PIN is no part"),
        ("pkcs11:token=hall;object=log?module-path=/x.so&pin-source=file:/pin", "PIN is no part"),
        ("pkcs11:token=hall;object=log;colour=red?module-path=/x.so", "unknown"),
        ("pkcs11:token=hall;token=two;object=log?module-path=/x.so", "twice"),
        ("pkcs11:token=;object=log?module-path=/x.so", "no value"),
        ("pkcs11:token=%FF;object=log?module-path=/x.so", "UTF-8"),
        ("pkcs11:token=hall;object=log;type=public?module-path=/x.so", "type=public"),
    ],
)
def test_a_uri_that_can_not_be_used_says_why(text: str, said: str) -> None:
    with pytest.raises(BadTokenUri, match=said) as refused:
        parse(text)
    assert "1234" not in str(refused.value)


@given(st.text(max_size=60))
def test_rubbish_is_refused_and_never_worse(rest: str) -> None:
    try:
        parse("pkcs11:" + rest)
    except BadTokenUri:
        return


@pytest.mark.parametrize(
    ("kind", "alg"),
    [("ed25519", "EdDSA"), ("secp256r1", "ES256"), ("secp384r1", "ES384"), ("rsa2048", "PS256")],
)
def test_a_token_signs_by_each_kind_of_key(kind: str, alg: str, tmp_path: Path) -> None:
    from firmware_bridge.cards.token import TokenKey, certificate_of

    label = f"kinds-{kind}"
    start = softhsm.token(label)
    softhsm.keep(label, "own", kind)
    meant = parse(softhsm.uri(start, "own"))
    key = TokenKey(meant, softhsm.PIN)
    assert key.alg == alg
    signing.verify(key.public_key, alg, b"a message", key.sign(b"a message"))
    assert certificate_of(meant) is None
    certificate = Authority(AT).certify("thu-ky", "Thư ký", AT, key.public_key)  # type: ignore[arg-type]
    softhsm.put_certificate(label, "own", certificate)
    assert certificate_of(meant) == certificate


def test_a_wrong_pin_a_missing_token_a_missing_key() -> None:
    from firmware_bridge.cards.token import TokenAbsent, TokenKey

    start = softhsm.token("faults")
    softhsm.keep("faults", "own")
    meant = parse(softhsm.uri(start, "own"))
    with pytest.raises((PinWrong, PinBlocked)) as refused:
        TokenKey(meant, "000000")
    assert "000000" not in str(refused.value)
    with pytest.raises(TokenAbsent, match="0 keys"):
        TokenKey(parse(softhsm.uri(start, "other")), softhsm.PIN)
    with pytest.raises(TokenAbsent, match="0 tokens"):
        TokenKey(parse(softhsm.uri("pkcs11:token=nobody", "own")), softhsm.PIN)
    with pytest.raises(TokenAbsent, match="module"):
        TokenKey(parse("pkcs11:token=faults;object=own?module-path=/no/such.so"), softhsm.PIN)
    softhsm.keep("faults", "own")
    with pytest.raises(TokenAbsent, match="2 keys"):
        TokenKey(meant, softhsm.PIN)


def test_a_key_that_went_away_is_looked_for_once_and_then_said() -> None:
    from firmware_bridge.cards.token import TokenKey

    start = softhsm.token("away")
    softhsm.keep("away", "own")
    key = TokenKey(parse(softhsm.uri(start, "own")), softhsm.PIN)
    key.close()
    signing.verify(key.public_key, "EdDSA", b"again", key.sign(b"again"))
