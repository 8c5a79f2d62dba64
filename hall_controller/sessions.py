"""The keys of live sessions, by session: what ballots are verified with.

An index of the log: the meeting holds a key's thumbprint, its payload the key. After a restart it is read
back from the log's own payloads, so seats and phones go on without signing in again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit import entry as log_entry
from audit import statement
from audit.errors import LogBroken
from audit.signing import PublicKey, from_jwk, thumbprint
from hall_controller.store.port import LogReader


@dataclass(frozen=True, slots=True)
class SessionKey:
    key: PublicKey
    kid: str
    certificate: bytes
    """DER, of the card that delegated to the key."""


class SessionKeys:
    def __init__(self) -> None:
        self._keys: dict[str, SessionKey] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def of(self, session: str) -> SessionKey | None:
        return self._keys.get(session)

    def learn(self, session: str, jwk: Mapping[str, Any], certificate: bytes) -> None:
        """Of a session that is recorded."""
        key = from_jwk(jwk)
        self._keys[session] = SessionKey(key, thumbprint(key), certificate)

    def forget(self, session: str) -> None:
        self._keys.pop(session, None)

    def forget_all(self) -> None:
        """The sitting is over, and with it every session."""
        self._keys.clear()

    def read_back(self, log: LogReader, sitting: str) -> None:
        """The sessions of this sitting as the log holds them, ended ones too: the meeting says which live.

        Blocking: call it before the hall serves anybody, or in a thread. Raises StoreFailed, LogBroken.
        """
        found: list[tuple[statement.Statement, str]] = []
        for stored, blob in log.entries():
            if stored.type != "SignedIn" or stored.sit != sitting or blob is None:
                continue
            ref = log_entry.decode(stored.data).blob
            assert ref is not None
            body = log_entry.open_blob(blob, ref)
            found.append((statement.parse(body["jws"], statement.SESSION_KEY), body["cert"]))
        certificates = log.certificates({fingerprint for _, fingerprint in found})
        for signed, fingerprint in found:
            if fingerprint not in certificates:
                raise LogBroken(f"the certificate {fingerprint} of a session is lost")
            self.learn(signed.payload_hash, signed.payload["key"], certificates[fingerprint])
