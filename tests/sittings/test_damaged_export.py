"""`hall verify` on what a real sitting left, after somebody was at it: each damage is found, and named."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import bundle, checkpoint
from audit.entry import Entry
from audit.signing import Ed25519Signer
from hall_controller.cli.demo.furnish import ORIGIN
from hall_controller.export.anchor import write_anchor
from tests.sittings.finished import Finished
from tests.sittings.furnishing import hall_command
from tests.sittings.tampering import Exported, Files

Damage = Callable[[Exported], Files]
STRANGER = Ed25519Signer(Ed25519PrivateKey.from_private_bytes(b"\x07" * 32))


@pytest.fixture(scope="module")
def exported(finished: Finished) -> Exported:
    return Exported.read(finished.auditor)


def judged(files: Files, out: Path, anchor: Path | None, *options: str) -> tuple[int, str]:
    """Exit code and standard output of `hall verify`, as a script would read it."""
    for path, data in files.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_bytes(data)
    asked = ["verify", out] if anchor is None else ["verify", out, "--anchor", anchor]
    done = hall_command(*asked, *options, environment=os.environ | {"COLUMNS": "200"})
    assert done.stderr == ""
    return done.returncode, done.stdout


FLIPPED: dict[str, tuple[Damage, str]] = {
    "head": (lambda e: _head_flipped(e, 2, 10), "checkpoint_signature"),
    "head's signature": (lambda e: _head_flipped(e, 4, 20), "checkpoint_signature"),
    "head's letters": (lambda e: e.flipped(bundle.CHECKPOINT, 8 * len(ORIGIN)), "checkpoint_unreadable"),
    "verifier key": (lambda e: _vkey_flipped(e), "vkey_unreadable"),
    "hash tile": (lambda e: e.flipped(e.one("tile/0/")), "tile_differs"),
    "entry bundle": (lambda e: e.flipped(e.one("tile/entries/")), "entry_malformed"),
    "ballot": (lambda e: e.flipped(e.blob_of("BallotRecorded")), "payload_damaged"),
    "sign-in": (lambda e: e.flipped(e.blob_of("SignedIn")), "payload_damaged"),
    "who took part": (lambda e: e.flipped(e.blob_of("VoteClosed")), "payload_damaged"),
    "roll": (lambda e: e.flipped(e.blob_of("RollEstablished")), "payload_damaged"),
    "rule book": (lambda e: e.flipped(e.blob_of("RuleBookAdopted")), "payload_damaged"),
    "result": (lambda e: e.flipped(e.blob_of("ResultComputed")), "payload_damaged"),
    "certificate": (lambda e: e.flipped(e.one("certs/")), "certificate_damaged"),
}
MOVED: dict[str, tuple[Damage, str]] = {
    "an entry dropped": (lambda e: e.with_entries(e.entries[:40] + e.entries[41:]), "entry_missing"),
    "an entry doubled": (lambda e: e.with_entries(e.entries[:41] + e.entries[40:]), "entry_doubled"),
    "two entries swapped": (lambda e: e.with_entries(_swapped(e.entries)), "entry_swapped"),
    "two ballots swapped": (lambda e: _swapped_blobs(e), "payload_swapped"),
    "the roll missing": (lambda e: _without(e, e.blob_of("RollEstablished")), "payload_missing"),
    "a tile missing": (lambda e: _without(e, e.one("tile/0/")), "file_missing"),
    "a letter added": (lambda e: e.files | {"log/letter": b"x"}, "file_stray"),
}


def _head_flipped(export: Exported, line: int, byte: int) -> Files:
    """`line` of the signed note: 2 is the root, 4 the signature (after 4 bytes of the key's hash)."""
    encoded = export.files[bundle.CHECKPOINT].decode().split("\n")[line].split(" ")[-1]
    return export.flipped_inside(bundle.CHECKPOINT, encoded, byte)


def _vkey_flipped(export: Exported) -> Files:
    encoded = export.files[bundle.VKEY].decode().strip().split("+", 2)[2]
    return export.flipped_inside(bundle.VKEY, encoded, 12)


def _swapped(entries: list[bytes]) -> list[bytes]:
    return [*entries[:40], entries[41], entries[40], *entries[42:]]


def _swapped_blobs(export: Exported) -> Files:
    one, two = (path for path in (export.blob_of("BallotRecorded"), export.blob_of("SignedIn")))
    return export.files | {one: export.files[two], two: export.files[one]}


def _without(export: Exported, path: str) -> Files:
    return {name: data for name, data in export.files.items() if name != path}


@pytest.mark.parametrize("what", [*FLIPPED, *MOVED])
def test_damage_is_found_and_named(
    finished: Finished, exported: Exported, tmp_path: Path, what: str
) -> None:
    damage, code = (FLIPPED | MOVED)[what]
    returned, said = judged(damage(exported), tmp_path / "out", finished.anchor)
    assert (returned, code in said) == (1, True), said
    assert "✗ damaged" in said


@pytest.mark.parametrize("what", ["an entry dropped", "an entry doubled", "two entries swapped", "ballot"])
def test_most_of_it_needs_no_anchor(exported: Exported, tmp_path: Path, what: str) -> None:
    damage, code = (FLIPPED | MOVED)[what]
    returned, said = judged(damage(exported), tmp_path / "out", None)
    assert (returned, code in said) == (1, True), said


def test_a_missing_ballot_is_an_error_and_named(
    finished: Finished, exported: Exported, tmp_path: Path
) -> None:
    """The ballots of a vote are given whole or not at all: one that is not there was taken away."""
    files = _without(exported, exported.blob_of("BallotRecorded"))
    returned, said = judged(files, tmp_path / "out", finished.anchor)
    assert (returned, "payload_partly_missing" in said) == (1, True), said
    assert "✗ damaged" in said
    assert "1 ballot payload" in said


def test_all_ballots_missing_is_withheld_or_for_the_auditor_an_error(
    finished: Finished, exported: Exported, tmp_path: Path
) -> None:
    gone = exported.blobs_of("BallotRecorded", "VoteClosed", "SeatsAccounted")
    files = {path: data for path, data in exported.files.items() if path not in gone}
    returned, said = judged(files, tmp_path / "out", finished.anchor)
    assert returned == 0, said
    assert "Withheld from this reader" in said
    assert "✓ verified as far as it is shown" in said
    returned, said = judged(files, tmp_path / "out", finished.anchor, "--for", "auditor")
    assert (returned, "payload_missing" in said) == (1, True), said


def test_whole_it_is_verified_or_without_an_anchor_consistent(finished: Finished, tmp_path: Path) -> None:
    exported = Exported.read(finished.auditor)
    assert judged(exported.files, tmp_path / "held", finished.anchor)[0] == 0
    assert judged(exported.files, tmp_path / "held", finished.anchor, "--for", "auditor")[0] == 0
    returned, said = judged(exported.files, tmp_path / "alone", None)
    assert returned == 0
    assert "consistent; authenticity not judged" in said
    vkey = exported.files[bundle.VKEY].decode().strip()
    assert "Fingerprints, to compare with what you hold" in said
    assert vkey in said


def test_a_log_re_signed_with_other_keys_is_held_by_the_anchor(
    finished: Finished, exported: Exported, tmp_path: Path
) -> None:
    """The forger does it well: results, chain, tree, head and verifier key all agree with one another."""
    forged = exported.told_anew(STRANGER)
    returned, said = judged(forged, tmp_path / "held", finished.anchor)
    assert returned == 1
    assert "signed_by_other_key" in said
    assert "vkey_differs" in said
    alone, consistent = judged(forged, tmp_path / "alone", None)
    assert alone == 0
    assert "authenticity not judged" in consistent
    assert exported.files[bundle.VKEY].decode().strip() not in consistent


def test_the_head_alone_signed_with_another_key(
    finished: Finished, exported: Exported, tmp_path: Path
) -> None:
    forged = exported.with_entries(exported.entries, STRANGER)
    returned, said = judged(forged, tmp_path / "held", finished.anchor)
    assert returned == 1
    assert "signed_by_other_key" in said
    assert judged(forged, tmp_path / "alone", None)[0] == 1


def test_who_holds_the_halls_key_can_not_drop_a_ballot(
    finished: Finished, exported: Exported, tmp_path: Path
) -> None:
    dropped: list[Entry] = []

    def keep(entry: Entry) -> bool:
        if entry.type != "BallotRecorded" or dropped:
            return True
        dropped.append(entry)
        return False

    forged = exported.told_anew(finished.furnished.hall_signer, keep)
    returned, said = judged(forged, tmp_path / "out", finished.anchor)
    assert returned == 1
    assert "ballots_differ" in said or "participation_ballots" in said, said


def _seen(finished: Finished, path: Path) -> Path:
    vkey = checkpoint.vkey(ORIGIN, finished.furnished.hall_signer.public_key)
    write_anchor(path, vkey, [finished.furnished.root_pem], finished.seen_checkpoint)
    return path


def test_a_head_seen_on_the_wall_holds_the_log_to_its_past(
    finished: Finished, exported: Exported, tmp_path: Path
) -> None:
    anchor = _seen(finished, tmp_path / "seen.toml")
    assert judged(exported.files, tmp_path / "whole", anchor)[0] == 0
    old = exported.with_entries(exported.entries[:40], finished.furnished.hall_signer)
    returned, said = judged(old, tmp_path / "old", anchor)
    assert (returned, "log_truncated" in said) == (1, True), said

    def retitled(entry: Entry) -> Entry:
        other = {"vi": "Phiên khác", "en": "Another"}
        return replace(entry, d={**entry.d, "title": other}) if entry.type == "SittingOpened" else entry

    rewritten = exported.told_anew(finished.furnished.hall_signer, change=retitled)
    returned, said = judged(rewritten, tmp_path / "rewritten", anchor)
    assert (returned, "log_rewritten" in said) == (1, True), said


def test_what_is_no_export_is_said_so(finished: Finished, tmp_path: Path) -> None:
    for asked in ([tmp_path / "nowhere"], [tmp_path], [finished.auditor, "--anchor", tmp_path / "none"]):
        done = hall_command("verify", *asked)
        assert done.returncode == 2
        assert "✗" in done.stdout
        assert "Traceback" not in done.stderr
