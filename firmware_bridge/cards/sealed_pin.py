"""A PIN typed on the member's phone, sealed to the bridge at the seat: only that bridge can read it, once.

A compact JWE (RFC 7516), ECDH-ES with A256GCM to the bridge's own P-256 key. Inside stand the seat and the
challenge too, so a sealed PIN that somebody kept opens nothing later or elsewhere; and the code that the
seat's console shows, so that nobody who doesn't stand there can spend a try of the card's PIN. The hall
carries them unread.
"""

import secrets

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from audit import canonical
from audit.errors import BadEvidence
from firmware_bridge.cards.errors import SealBroken, WrongCode
from firmware_bridge.checks import LONGEST_SEAL

ALGORITHMS = ["ECDH-ES", "A256GCM"]
_HEADER = frozenset({"alg", "enc", "epk"})
_PIN_WIDTH = 8
"""Filled with spaces to the longest PIN: the seal's length must not tell the PIN's."""


def seal_pin(pin: str, bridge: ec.EllipticCurvePublicKey, *, seat: str, chal: str, code: str) -> str:
    """What the phone does; `bridge` is the key of the seat's bridge, `code` what its console shows."""
    inside = canonical.encode({"chal": chal, "code": code, "pin": pin.ljust(_PIN_WIDTH), "seat": seat})
    header = {"alg": "ECDH-ES", "enc": "A256GCM"}
    return jwe.encrypt_compact(header, inside, ECKey.import_key(bridge), algorithms=ALGORITHMS)


def open_pin(sealed: str, key: ec.EllipticCurvePrivateKey, *, seat: str, chal: str, code: str) -> bytes:
    """The digits as typed; whether they are a PIN is for `PivCard.verify_pin` to say.

    Raises SealBroken: not sealed to this key, not for this seat and challenge, or in another form;
    WrongCode: all that was right, but its sender hasn't read the seat's console.
    """
    inside = _opened(sealed, key)
    if not isinstance(inside, dict) or inside.keys() != {"chal", "code", "pin", "seat"}:
        raise SealBroken("there is something else than a PIN in the seal")
    if not all(isinstance(value, str) for value in inside.values()):
        raise SealBroken("there is something else than a PIN in the seal")
    meant_for = f"{inside['seat']} {inside['chal']}".encode()
    if not secrets.compare_digest(meant_for, f"{seat} {chal}".encode()):
        raise SealBroken("the PIN was sealed for another seat or another sign-in")
    if not secrets.compare_digest(inside["code"].encode(), code.encode()):
        raise WrongCode("the PIN came with another code than the seat's console shows")
    return str(inside["pin"]).rstrip(" ").encode()


def _opened(sealed: str, key: ec.EllipticCurvePrivateKey) -> object:
    if len(sealed) > LONGEST_SEAL:
        raise SealBroken("the seal is too long")
    try:
        found = jwe.decrypt_compact(sealed, ECKey.import_key(key), algorithms=ALGORITHMS)
        if found.protected.keys() != _HEADER or found.protected["alg"] != "ECDH-ES":
            raise SealBroken("the seal has another form")
        return canonical.decode(found.plaintext or b"")
    except (JoseError, BadEvidence, ValueError, KeyError, TypeError) as fault:
        # Not even the cause is kept: its text may quote what was inside.
        raise SealBroken(f"the seal can't be opened ({type(fault).__name__})") from None
