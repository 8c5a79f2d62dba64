"""Keys on PKCS#11 tokens: the only module that needs python-pkcs11 (the extra `tokens`).

A token signs messages, not blocks, and never gives its key away. What it signs is checked against its
public key before anyone sees it, as a card's is. A PKCS#11 session is for one thread at a time.
"""

import hashlib
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from audit import signing
from audit.errors import BadEvidence
from audit.signing import PublicKey
from firmware_bridge.cards.errors import CardError, CardUntrue, PinBlocked, PinWrong
from firmware_bridge.cards.pkcs11_uri import TokenUri

try:
    import pkcs11
    from pkcs11 import Attribute, Mechanism, ObjectClass
    from pkcs11.util.rsa import encode_rsa_public_key
except ModuleNotFoundError as missing:
    raise CardError("PKCS#11 tokens need the extra `tokens`: pip install 'dien-hong[tokens]'") from missing

_ED25519_PARAMETERS = (bytes.fromhex("06032b6570"), b"\x13\x0cedwards25519")
"""As an object id (RFC 8410), or as the name that PKCS#11 3.0 has beside it."""
_CURVES = {
    bytes.fromhex("06082a8648ce3d030107"): ec.SECP256R1(),
    bytes.fromhex("06052b81040022"): ec.SECP384R1(),
}
_ONE_AT_A_TIME = threading.RLock()
"""Modules differ in what several threads may do at once, and a login is the whole process's."""
_PSS = (Mechanism.SHA256, pkcs11.MGF.SHA256, 32)


class TokenAbsent(CardError):
    """No such module, token or key, or several that fit."""


class TokenFailed(CardError):
    """The token doesn't do what it was asked for: taken out, locked, or broken."""


class TokenKey:
    """A key on a token, its holder proved by the PIN until `close`. `alg` is the JWS name."""

    def __init__(self, uri: TokenUri, pin: str) -> None:
        """Raises TokenAbsent, TokenFailed, PinWrong, PinBlocked."""
        self._uri, self._pin = uri, pin
        with _ONE_AT_A_TIME:
            self._session, self._private = self._opened()
            self.public_key = self._public()
        self.alg = signing.algorithms(self.public_key)[0]

    def compute(self, block: bytes) -> bytes:
        """The bare computation on a block that was hashed and padded elsewhere, as a PIV card does it.

        ECDSA gives r‖s. Raises TokenFailed.
        """
        how = Mechanism.ECDSA if self.alg.startswith("ES") else Mechanism.RSA_X_509
        with _ONE_AT_A_TIME:
            return bytes(_failing(lambda: self._private.sign(block, mechanism=how)))

    def sign(self, message: bytes) -> bytes:
        """The signature as JWS has it, checked. Raises TokenFailed, CardUntrue."""
        with _ONE_AT_A_TIME:
            try:
                made = self._made(message)
            except pkcs11.PKCS11Error:
                # Taken out and put back, or the module was restarted: once more from the beginning.
                self._session, self._private = self._opened()
                made = _failing(lambda: self._made(message))
        try:
            signing.verify(self.public_key, self.alg, message, made)
        except BadEvidence as fault:
            raise CardUntrue("the token's signature doesn't fit its public key") from fault
        return made

    def close(self) -> None:
        """Its holder is proved no more."""
        with _ONE_AT_A_TIME, suppress(pkcs11.PKCS11Error):  # gone with the token
            self._session.close()

    def _made(self, message: bytes) -> bytes:
        if self.alg == "EdDSA":
            return bytes(self._private.sign(message, mechanism=Mechanism.EDDSA))
        if self.alg in ("ES256", "ES384"):
            # Not CKM_ECDSA_SHA256: many tokens have the bare one only. It gives r‖s, as JWS does.
            digest = hashlib.sha256 if self.alg == "ES256" else hashlib.sha384
            return bytes(self._private.sign(digest(message).digest(), mechanism=Mechanism.ECDSA))
        made = self._private.sign(message, mechanism=Mechanism.SHA256_RSA_PKCS_PSS, mechanism_param=_PSS)
        return bytes(made)

    def _opened(self) -> tuple[Any, Any]:
        token = _token(self._uri)
        try:
            session = self._logged_in(token)
        except pkcs11.PinLocked:
            raise PinBlocked() from None
        except (pkcs11.PinIncorrect, pkcs11.PinLenRange, pkcs11.PinInvalid):
            raise PinWrong(None) from None
        except pkcs11.PKCS11Error as fault:
            raise TokenFailed(f"the token of {self._uri}: {_said(fault)}") from None
        keys = list(session.get_objects(_named(self._uri, ObjectClass.PRIVATE_KEY)))
        if len(keys) != 1:
            session.close()
            raise TokenAbsent(f"{len(keys)} keys are {self._uri}")
        return session, keys[0]

    def _logged_in(self, token: Any) -> Any:
        try:
            return token.open(user_pin=self._pin)
        except pkcs11.UserAlreadyLoggedIn:
            # PKCS#11 logs a whole process in, not one session: another key of ours on this token did.
            return token.open()

    def _public(self) -> PublicKey:
        found = list(self._session.get_objects(_named(self._uri, ObjectClass.PUBLIC_KEY)))
        if len(found) != 1:
            raise TokenAbsent(
                f"{len(found)} public keys are {self._uri}: one is needed beside the private key"
            )
        key: PublicKey = _failing(lambda: _read_public(found[0]))
        if not signing.algorithms(key):
            raise TokenAbsent(f"{self._uri} is of a kind that isn't taken")
        return key


def is_there(uri: TokenUri) -> bool:
    """Whether the token is put in, and its module answers."""
    try:
        with _ONE_AT_A_TIME:
            _token(uri)
    except TokenAbsent:
        return False
    return True


def certificate_of(uri: TokenUri) -> bytes | None:
    """DER, where the token holds one with the key's label or id for everybody to read. Raises TokenAbsent,
    TokenFailed."""

    def read() -> bytes | None:
        with _token(uri).open() as session:
            found = list(session.get_objects(_named(uri, ObjectClass.CERTIFICATE)))
            return bytes(found[0][Attribute.VALUE]) if found else None

    with _ONE_AT_A_TIME:
        certificate: bytes | None = _failing(read)
    return certificate


def _token(uri: TokenUri) -> Any:
    serial = None if uri.serial is None else uri.serial.encode()
    try:
        library = pkcs11.lib(str(uri.module))
        tokens = list(library.get_tokens(token_label=uri.token, token_serial=serial))
    except (RuntimeError, OSError, pkcs11.PKCS11Error) as fault:
        raise TokenAbsent(f"the module {uri.module}: {_said(fault)}") from None
    if len(tokens) != 1:
        raise TokenAbsent(f"{len(tokens)} tokens are {uri.token or uri.serial}")
    return tokens[0]


def _named(uri: TokenUri, kind: Any) -> dict[Any, Any]:
    named: dict[Any, Any] = {Attribute.CLASS: kind}
    if uri.object is not None:
        named[Attribute.LABEL] = uri.object
    if uri.id is not None:
        named[Attribute.ID] = uri.id
    return named


def _read_public(found: Any) -> PublicKey:
    if found.key_type is pkcs11.KeyType.RSA:
        key = load_der_public_key(_subject_key(found))
        assert not isinstance(key, Ed25519PublicKey)
        return key  # type: ignore[return-value]
    parameters, point = bytes(found[Attribute.EC_PARAMS]), _bare(bytes(found[Attribute.EC_POINT]))
    if parameters in _ED25519_PARAMETERS:
        return Ed25519PublicKey.from_public_bytes(point)
    curve = _CURVES.get(parameters)
    if curve is None:
        raise TokenAbsent("a key on a curve that isn't taken")
    return ec.EllipticCurvePublicKey.from_encoded_point(curve, point)


def _bare(point: bytes) -> bytes:
    """Without the OCTET STRING that PKCS#11 wraps it in; some tokens forget to."""
    return point[2:] if point[:1] == b"\x04" and len(point) > 2 and point[1] == len(point) - 2 else point


def _subject_key(found: Any) -> bytes:
    """PKCS#1, which `cryptography` reads as it does a SubjectPublicKeyInfo."""
    return bytes(encode_rsa_public_key(found))


def _failing(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except (pkcs11.PKCS11Error, ValueError) as fault:
        raise TokenFailed(f"the token: {_said(fault)}") from None


def _said(fault: Exception) -> str:
    """PKCS#11's errors have names and no words."""
    return " ".join(filter(None, (type(fault).__name__, str(fault))))
