"""Whom the hall trusted at what time: authorities, revocation lists, OCSP answers, and what was decided."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from audit import canonical
from audit import entry as log_entry
from audit.algorithms import ANY, Algorithms
from audit.entry import Entry
from audit.errors import BadEvidence, BadKey, Untrusted
from audit.ocsp import OcspAnswer
from audit.revocation import RevocationList
from audit.test_mode import is_test_authority, is_test_origin
from audit.trust import TrustStore, anchors
from audit.verifier.state import State
from audit.waiver import Waiver


def trust_listed(state: State, entry: Entry, body: Any) -> None:
    """Roots come from the anchor alone; the log may add what lies between, lists and answers."""
    state.trust_entry = entry.seq, canonical.sha256_hex(log_entry.encode(entry))
    if body is None:
        return
    found = {name: _decoded(body.get(name, [])) for name in ("ca", "crl", "ocsp")}
    if None in found.values():
        state.find("trust_list", "what it lists isn't base64", entry)
        return
    hashes = {name: [canonical.sha256_hex(der) for der in ders or ()] for name, ders in found.items()}
    if (hashes["ca"], hashes["crl"], named(hashes["ocsp"])) != (
        entry.d["ca"], entry.d["crl"], entry.d.get("ocsp"),
    ):  # fmt: skip
        state.find("trust_list", "the public entry names other things than its payload", entry)
    state.listed_ca.update(zip(hashes["ca"], found["ca"] or (), strict=True))
    state.certificates.update(entry.d["ca"])
    _keep_apart(state, entry, found["ca"] or [])
    _read(state, entry, found["crl"] or [], found["ocsp"] or [])
    _renew(state, entry)


def _keep_apart(state: State, entry: Entry, authorities: list[bytes]) -> None:
    """What is tried out is another log with other cards: neither may stand in the other's."""
    trial = is_test_origin(state.origin)
    if any(is_test_authority(der) != trial for der in authorities):
        text = (
            "a log for trying things out lists an authority whose cards count"
            if trial
            else "the log lists an authority for trying things out: anybody may have its cards"
        )
        state.find("test_authority", text, entry)


def named(hashes: list[str]) -> Mapping[str, Any] | None:
    """How an entry names its OCSP answers: as many as there are cards would not fit one by one."""
    return {"count": len(hashes), "sha256": canonical.digest(hashes)} if hashes else None


def _decoded(texts: list[str]) -> list[bytes] | None:
    try:
        return [base64.b64decode(text, validate=True) for text in texts]
    except (binascii.Error, ValueError):
        return None


def _read(state: State, entry: Entry, crls: list[bytes], answers: list[bytes]) -> None:
    """Each once: they all go on counting, and a log of a year lists many again and again."""
    try:
        for der in crls:
            state.listed_crl.setdefault(canonical.sha256_hex(der), RevocationList(der))
        for der in answers:
            state.listed_ocsp.setdefault(canonical.sha256_hex(der), OcspAnswer(der))
        said = entry.d.get("algorithms")
        state.algorithms = ANY if said is None else Algorithms.of(said)
    except (BadKey, Untrusted) as error:
        state.find("trust_list", str(error), entry)


def _renew(state: State, entry: Entry) -> None:
    anchor, listed = state.anchor, list(state.listed_ca.values())
    try:
        roots, _ = anchors(listed)
        held = bool(state.listed_crl or state.listed_ocsp or state.waivers)
        state.trust = TrustStore(
            anchor.ca if anchor else roots,
            state.listed_crl.values(),
            answers=state.listed_ocsp.values(),
            intermediates=listed,
            crl_published=anchor.crl_published if anchor else held,
            algorithms=state.algorithms,
            waivers=state.waivers,
        )
    except Untrusted as error:
        state.find("trust_list", str(error), entry)


def revocation_waived(state: State, entry: Entry, _: Any) -> None:
    """The presidium's: said to every reader, since from here on less was checked."""
    try:
        waiver = Waiver.read(entry.d, entry.t)
    except BadEvidence as error:
        state.find("waiver_void", str(error), entry)
        return
    state.waivers.append(waiver)
    names, until = " and ".join(waiver.decided_by), entry.d["until"]
    text = f"{names} decided that cards are taken without revocation data until {until}: {waiver.reason}"
    state.find("revocation_waived", text, entry, "note")
    _renew(state, entry)


def sitting_opened(state: State, entry: Entry, _: Any) -> None:
    """It names what it stands on: the trust list in force, with its place in the log."""
    said = entry.d.get("trust")
    if said is not None and (said["seq"], said["entry"]) != state.trust_entry:
        state.find("sitting_trust", "it names another trust list than the one in force", entry)
