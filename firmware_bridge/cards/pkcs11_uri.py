"""Which key of which token is meant, as RFC 7512 writes it: `pkcs11:token=hall;object=log?module-path=/x`.

Taken are what names a token, a key on it, and the maker's module; anything else is refused, a PIN above
all: a URI stands in configuration, logs and process lists.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from firmware_bridge.cards.errors import CardError

SCHEME = "pkcs11:"
_OF_PATH = {"token", "serial", "object", "id", "type"}
_PINS = {"pin-value", "pin-source"}


class BadTokenUri(CardError):
    """Not a URI by which a key can be found, or one that gives away a PIN."""


@dataclass(frozen=True, slots=True)
class TokenUri:
    module: Path
    """The maker's PKCS#11 library."""
    token: str | None
    serial: str | None
    object: str | None
    """The key's label."""
    id: bytes | None

    def __str__(self) -> str:
        named = self.object or (self.id.hex() if self.id is not None else "?")
        return f"key {named} of the token {self.token or self.serial}"


def parse(text: str) -> TokenUri:
    """Raises BadTokenUri, saying what is missing, unknown or not to be written there."""
    if not text.startswith(SCHEME):
        raise BadTokenUri(f"not a PKCS#11 URI: it begins with {SCHEME}")
    path, _, query = text.removeprefix(SCHEME).partition("?")
    parts = _attributes(path, ";")
    asked = _attributes(query, "&")
    if given := (parts.keys() | asked.keys()) & _PINS:
        raise BadTokenUri(f"{', '.join(sorted(given))}: a PIN is no part of a URI; name its file beside it")
    unknown = (parts.keys() - _OF_PATH) | (asked.keys() - {"module-path"})
    if unknown:
        raise BadTokenUri(f"unknown in a PKCS#11 URI here: {', '.join(sorted(unknown))}")
    return _uri(parts, asked)


def _uri(parts: dict[str, bytes], asked: dict[str, bytes]) -> TokenUri:
    words = {name: value.decode() for name, value in parts.items() if name != "id"}
    if parts.get("type", b"private") not in (b"private", b"cert"):
        raise BadTokenUri(f"type={words['type']}: a key that signs is wanted, type=private")
    if not {"token", "serial"} & parts.keys():
        raise BadTokenUri("which token is meant? token= or serial= is needed")
    if not {"object", "id"} & parts.keys():
        raise BadTokenUri("which key is meant? object= (its label) or id= is needed")
    module = Path(asked.get("module-path", b"").decode())
    if not module.is_absolute():
        raise BadTokenUri("module-path= is needed: where the maker's PKCS#11 library is")
    return TokenUri(module, words.get("token"), words.get("serial"), words.get("object"), parts.get("id"))


def _attributes(text: str, between: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for part in filter(None, text.split(between)):
        name, equals, value = part.partition("=")
        if not equals or not value or name in found:
            raise BadTokenUri(f"{name!r:.40} has no value, or stands twice")
        found[name] = unquote_to_bytes(value)
        if name != "id" and not _is_text(found[name]):
            raise BadTokenUri(f"{name} isn't UTF-8")
    return found


def _is_text(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True
