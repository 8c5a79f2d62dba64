"""A PIN from the phone: only this bridge, for this seat and this challenge, can read it."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwe
from joserfc.jwk import ECKey

from firmware_bridge.cards.errors import SealBroken, WrongCode
from firmware_bridge.cards.sealed_pin import LONGEST_SEAL, open_pin, seal_pin

BRIDGE = ec.generate_private_key(ec.SECP256R1())
HERE = {"seat": "087", "chal": "AAECAwQFBgcICQoLDA0ODw", "code": "0417"}


@given(st.text("0123456789", min_size=6, max_size=8))
def test_what_is_sealed_is_opened(pin: str) -> None:
    sealed = seal_pin(pin, BRIDGE.public_key(), **HERE)
    assert pin not in sealed
    assert open_pin(sealed, BRIDGE, **HERE) == pin.encode()


def test_a_seal_does_not_tell_how_long_the_pin_is() -> None:
    lengths = {len(seal_pin("1" * size, BRIDGE.public_key(), **HERE)) for size in (6, 7, 8)}
    assert len(lengths) == 1
    assert lengths.pop() < LONGEST_SEAL


def test_another_bridge_can_not_open_it() -> None:
    with pytest.raises(SealBroken):
        open_pin(
            seal_pin("123456", BRIDGE.public_key(), **HERE), ec.generate_private_key(ec.SECP256R1()), **HERE
        )


@pytest.mark.parametrize("elsewhere", [{"seat": "088"}, {"chal": "DQ0NDQ0NDQ0NDQ0NDQ0NDQ"}])
def test_kept_and_sent_again_it_opens_nothing(elsewhere: dict[str, str]) -> None:
    sealed = seal_pin("123456", BRIDGE.public_key(), **HERE)
    with pytest.raises(SealBroken, match="another seat"):
        open_pin(sealed, BRIDGE, **HERE | elsewhere)


def test_the_pages_seal_is_opened() -> None:
    """display/web/tests/seal_pin.test.ts holds the pages to the same bytes."""
    path = Path(__file__).parents[2] / "vectors" / "sealed-pin.json"
    given = json.loads(path.read_text("utf-8"))
    key = ECKey.import_key(given["bridge"]).private_key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    where = {name: given[name] for name in ("seat", "chal", "code")}
    assert open_pin(given["sealed"], key, **where) == given["pin"].encode()


@pytest.mark.parametrize("code", ["0418", "", "417", "04170", "ế"])
def test_who_has_not_read_the_console_spends_no_try(code: str) -> None:
    sealed = seal_pin("123456", BRIDGE.public_key(), **HERE | {"code": code})
    with pytest.raises(WrongCode) as refused:
        open_pin(sealed, BRIDGE, **HERE)
    assert "0417" not in str(refused.value)


@given(st.integers(0, 400), st.characters(codec="ascii"))
def test_an_altered_seal_is_broken(at: int, by: str) -> None:
    sealed = seal_pin("123456", BRIDGE.public_key(), **HERE)
    altered = sealed[:at] + by + sealed[at + 1 :]
    if _same(sealed, altered):
        return
    with pytest.raises(SealBroken):
        open_pin(altered, BRIDGE, **HERE)


def _same(one: str, other: str) -> bool:
    """Base64's last letter of a part may hold bits that say nothing."""
    return one == other or [_decoded(part) for part in one.split(".")] == [
        _decoded(part) for part in other.split(".")
    ]


def _decoded(part: str) -> bytes | str:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError:
        return part


@pytest.mark.parametrize("sealed", ["", "....", "a.b.c.d.e", "x" * 5000, "ế.ế.ế.ế.ế"])
def test_what_is_no_seal_is_refused(sealed: str) -> None:
    with pytest.raises(SealBroken):
        open_pin(sealed, BRIDGE, **HERE)


@pytest.mark.parametrize(
    ("header", "inside"),
    [
        ({"alg": "ECDH-ES+A256KW", "enc": "A256GCM"}, {"pin": "123456"} | HERE),
        ({"alg": "ECDH-ES", "enc": "A128CBC-HS256"}, {"pin": "123456"} | HERE),
        ({"alg": "ECDH-ES", "enc": "A256GCM", "zip": "DEF"}, {"pin": "123456"} | HERE),
        ({"alg": "ECDH-ES", "enc": "A256GCM", "kid": "x"}, {"pin": "123456"} | HERE),
        ({"alg": "ECDH-ES", "enc": "A256GCM"}, {"pin": "123456"}),
        ({"alg": "ECDH-ES", "enc": "A256GCM"}, {"pin": 123456} | HERE),
        ({"alg": "ECDH-ES", "enc": "A256GCM"}, ["123456"]),
    ],
)
def test_other_forms_of_seal_are_refused(header: dict[str, str], inside: Any) -> None:
    algorithms = [header["alg"], header["enc"], "DEF"]
    plain = json.dumps(inside, sort_keys=True, separators=(",", ":"))
    sealed = jwe.encrypt_compact(
        header, plain, ECKey.import_key(BRIDGE.public_key()), algorithms=algorithms
    )
    with pytest.raises(SealBroken) as refused:
        open_pin(sealed, BRIDGE, **HERE)
    assert "123456" not in str(refused.value)
    assert refused.value.__cause__ is None
