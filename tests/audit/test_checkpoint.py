"""Signed heads and stand-alone proofs: golden bytes, the specifications' examples, and what is refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from audit import checkpoint, proof
from audit.errors import BadCheckpoint, BadProof
from audit.merkle import Tree, leaf_hash
from tests.audit.builder import ORIGIN, hall_signer

GOLDEN = Path(__file__).parents[1] / "vectors" / "audit"
TREE = Tree(leaf_hash(b"entry %d" % number) for number in range(7))
HALL = hall_signer()
VKEY = checkpoint.vkey(ORIGIN, HALL.public_key)
HEAD = checkpoint.sign(ORIGIN, 7, TREE.root(), HALL)


def test_the_golden_checkpoint() -> None:
    assert (GOLDEN / "checkpoint").read_text("utf-8") == HEAD
    assert (GOLDEN / "vkey").read_text("utf-8").strip() == VKEY
    assert checkpoint.verify(HEAD, VKEY) == checkpoint.Checkpoint(ORIGIN, 7, TREE.root())


def test_a_known_verifier_key() -> None:
    """From the documentation of golang.org/x/mod/sumdb/note."""
    text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    key = checkpoint.parse_vkey(text)
    assert (key.name, key.key_id.hex(), str(key)) == ("PeterNeumann", "c74f20a3", text)


def test_signatures_of_unknown_keys_are_ignored() -> None:
    """A witness's line beside the log's, here under the log's own name with another id (signed-note)."""
    witness = checkpoint.sign(ORIGIN, 7, TREE.root(), hall_signer("witness")).rpartition("\n\n")[2]
    assert checkpoint.verify(HEAD + witness, VKEY).size == 7
    assert checkpoint.verify(HEAD.replace("\n\n", "\n\n" + witness, 1), VKEY).size == 7


def test_extension_lines_are_carried() -> None:
    body = f"{ORIGIN}\n7\n{HEAD.splitlines()[2]}\nmore\n"
    assert checkpoint.parse(f"{body}\n{HEAD.splitlines()[4]}\n").extensions == ("more",)


@pytest.mark.parametrize(
    "change",
    [
        lambda head: head.replace("\n7\n", "\n8\n"),
        lambda head: head.replace("\n7\n", "\n07\n"),
        lambda head: head.replace("\n7\n", "\n-7\n"),
        lambda head: head.replace("\n7\n", "\n７\n"),
        lambda head: head.replace("\n7\n", "\n\n"),
        lambda head: head.replace(ORIGIN, "another.example"),
        lambda head: head.replace("\n\n", "\n"),
        lambda head: head.rstrip("\n"),
        lambda head: head + "\n",
        lambda head: head.replace("\n", "\r\n"),
        lambda head: head.replace("— ", "- "),
        lambda head: head[:-10] + "\n",
        lambda head: head + head.splitlines()[-1][:-3] + "A==\n",
        lambda head: "",
        lambda head: head + "x" * 100_000,
    ],
)
def test_a_bent_checkpoint_is_refused(change: Callable[[str], str]) -> None:
    with pytest.raises(BadCheckpoint):
        checkpoint.verify(change(HEAD), VKEY)


def test_a_bad_signature_beside_a_good_one_is_refused() -> None:
    """signed-note: where a signature from a known key fails, the whole note is rejected."""
    other = checkpoint.sign(ORIGIN, 6, TREE.root(6), HALL).rpartition("\n\n")[2]
    with pytest.raises(BadCheckpoint, match="doesn't match"):
        checkpoint.verify(HEAD + other, VKEY)


def test_a_key_that_signs_for_another_log_is_refused() -> None:
    """The same key under two names: a head of one log is none of the other."""
    body, _, line = checkpoint.sign("other.example", 7, TREE.root(), HALL).partition("\n\n")
    key_id_of_hall = HEAD.splitlines()[-1].split(" ")[2][:5]
    assert key_id_of_hall not in line
    with pytest.raises(BadCheckpoint, match="not signed by"):
        checkpoint.verify(f"{body}\n\n{line}", VKEY)


@pytest.mark.parametrize(
    "text",
    ["", "x", "x+y+z", VKEY[:-4], VKEY.replace("+", "-"), VKEY.replace(ORIGIN, "another"), VKEY + "AA"],
)
def test_a_bent_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(BadCheckpoint):
        checkpoint.parse_vkey(text)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "new\nline"])
def test_a_name_that_a_note_cant_hold_is_refused(name: str) -> None:
    with pytest.raises(BadCheckpoint):
        checkpoint.sign(name, 0, TREE.root(0), HALL)


def test_the_golden_proof() -> None:
    text = proof.write(5, TREE.inclusion(5), HEAD)
    assert text == (GOLDEN / "entry-5.tlog-proof").read_text("utf-8")
    assert proof.verify(text, b"entry 5", VKEY).size == 7


@pytest.mark.parametrize("index", range(7))
def test_every_entry_has_a_proof_of_its_own(index: int) -> None:
    text = proof.write(index, TREE.inclusion(index), HEAD, extra=b"seen")
    assert proof.parse(text).extra == b"seen"
    proof.verify(text, b"entry %d" % index, VKEY)
    with pytest.raises(BadProof):
        proof.verify(text, b"entry %d" % ((index + 1) % 7), VKEY)


def test_a_log_of_one_entry_needs_no_hashes() -> None:
    head = checkpoint.sign(ORIGIN, 1, leaf_hash(b"only"), HALL)
    assert proof.verify(proof.write(0, [], head), b"only", VKEY).size == 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("c2sp.org/tlog-proof@v1", "c2sp.org/tlog-proof@v2"),
        ("index 5", "index 05"),
        ("index 5", "index"),
        ("index 5", "index 5\nAA=="),
        ("index 5", "index 5\nnot base64"),
        ("index 5", "index 4"),
        ("index 5", "index 5\n" + "\n".join(["A" * 43 + "="] * 65)),
        ("\n\n", "\n"),
    ],
)
def test_a_bent_proof_is_refused(old: str, new: str) -> None:
    text = proof.write(5, TREE.inclusion(5), HEAD)
    with pytest.raises(BadProof):
        proof.verify(text.replace(old, new, 1), b"entry 5", VKEY)


def test_a_proof_under_another_key_is_refused() -> None:
    text = proof.write(5, TREE.inclusion(5), HEAD)
    with pytest.raises(BadCheckpoint):
        proof.verify(text, b"entry 5", checkpoint.vkey(ORIGIN, hall_signer("thief").public_key))
