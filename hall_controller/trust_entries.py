"""What the log says of whom the hall trusts: the lists that come, and what the presidium decides of them.

About the log itself, no command of the chamber's: nothing in a meeting changes by these entries.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit import canonical, instant
from audit.algorithms import ANY, Algorithms
from audit.errors import BadEvidence
from audit.verifier.trusted import named
from audit.waiver import Waiver
from hall_controller.encoding import HALL, Draft, Payload
from voting.errors import RefusalKind


@dataclass(frozen=True, slots=True)
class ListTrust:
    """Whom the hall trusts from here on (DER), and what it allows."""

    ca: tuple[bytes, ...]
    crl: tuple[bytes, ...]
    ocsp: tuple[bytes, ...] = ()
    algorithms: Algorithms = ANY


@dataclass(frozen=True, slots=True)
class WaiveRevocation:
    """Cards of these authorities are taken though their revocation data is missing or past its day."""

    authorities: tuple[str, ...]
    """Lower-case hex SHA-256 of their certificates (DER)."""
    until: datetime
    """At most `audit.waiver.LONGEST` from when it is recorded."""
    reason: str
    decided_by: tuple[str, str]
    """Two people's names: they answer for it."""

    def is_in(self, waiver: Waiver) -> bool:
        """Whether this very decision is recorded already."""
        own, until = self.said(), instant.write(waiver.span.until)
        return (own["reason"], own["until"]) == (waiver.reason, until) and (
            (tuple(own["decided_by"]), frozenset(self.authorities))
            == (waiver.decided_by, waiver.authorities)
        )

    def check(self, at: datetime) -> None:
        """Whether it can stand, recorded at that time. Raises BadEvidence."""
        Waiver.read(self.said(), at)

    def said(self) -> dict[str, Any]:
        """As its entry says it."""
        return {
            "authorities": list(self.authorities), "until": instant.write(self.until),
            "reason": self.reason.strip(), "decided_by": [" ".join(one.split()) for one in self.decided_by],
        }  # fmt: skip


class WaiverVoid(RefusalKind):
    """`why`: what the decision lacks."""

    vi = "Quyết định này không hợp lệ ({why}); thẻ vẫn được kiểm tra như trước."
    en = "This decision can't stand ({why}); cards are checked as before."


def trust_list(asked: ListTrust) -> Draft:
    listed = {"ca": asked.ca, "crl": asked.crl} | ({"ocsp": asked.ocsp} if asked.ocsp else {})
    d: dict[str, Any] = {
        "ca": hashes(asked.ca),
        "crl": hashes(asked.crl),
        "algorithms": asked.algorithms.said(),
    }
    if asked.ocsp:
        d["ocsp"] = named(hashes(asked.ocsp))
    body = {name: [base64.b64encode(der).decode() for der in ders] for name, ders in listed.items()}
    return Draft("TrustListed", HALL, d, Payload("public", body))


def revocation_waived(asked: WaiveRevocation, at: datetime, actor: str) -> Draft:
    """Raises WaiverVoid for what nobody may decide, or what the log doesn't hold."""
    try:
        asked.check(at)
    except BadEvidence as error:
        raise WaiverVoid(why=error) from error
    return Draft("RevocationWaived", actor, asked.said())


def hashes(ders: Sequence[bytes]) -> list[str]:
    return [canonical.sha256_hex(der) for der in ders]
