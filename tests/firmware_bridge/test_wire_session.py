"""Sealed frames: whose they are, that they are new, and that no nonce serves twice."""

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.wire.framing import Frame
from firmware_bridge.wire.session import Opened, Rejected, Session, Side, proof, session_key

KEY = bytes(range(16))


def pair() -> tuple[Session, Session]:
    return Session(KEY, Side.BRIDGE), Session(KEY, Side.CONSOLE)


def test_a_body_comes_out_as_it_went_in() -> None:
    bridge, console = pair()
    assert console.open(bridge.seal(7, 0x11, 1, b"lamps")) == Opened(b"lamps", repeated=False)
    assert bridge.open(console.seal(7, 0x92, 1, b"")) == Opened(b"", repeated=False)


def test_a_repeated_frame_is_known_as_one() -> None:
    bridge, console = pair()
    frame = bridge.seal(7, 0x11, 1, b"lamps")
    console.open(frame)
    assert console.open(frame) == Opened(b"lamps", repeated=True)


def test_an_old_frame_sent_again_is_stale() -> None:
    bridge, console = pair()
    old = bridge.seal(7, 0x11, 1, b"steady")
    console.open(old)
    console.open(bridge.seal(7, 0x11, 2, b"dark"))
    assert console.open(old) is Rejected.STALE


def test_a_frame_thrown_back_at_its_sender_is_forged() -> None:
    bridge, _ = pair()
    assert bridge.open(bridge.seal(7, 0x11, 1, b"lamps")) is Rejected.FORGED


@given(st.integers(0, 4), st.integers(0, 7))
def test_header_counter_and_body_are_all_under_the_tag(place: int, bit: int) -> None:
    bridge, console = pair()
    frame = bridge.seal(7, 0x11, 1, b"x")
    header = [frame.address, frame.kind, frame.seq]
    payload = bytearray(frame.payload)
    if place < 3:
        header[place] ^= 1 << bit
    else:
        payload[place] ^= 1 << bit
    assert console.open(Frame(*header, bytes(payload))) is Rejected.FORGED


def test_a_refused_frame_leaves_the_session_as_it_was() -> None:
    bridge, console = pair()
    console.open(Session(bytes(16), Side.BRIDGE).seal(7, 0x11, 1, b"forged"))
    assert console.open(bridge.seal(7, 0x11, 1, b"own")) == Opened(b"own", repeated=False)


@pytest.mark.parametrize("payload", [b"", b"\0\0\0\1", b"\0\0\0\1" + bytes(7)])
def test_a_payload_too_short_for_a_tag_is_forged(payload: bytes) -> None:
    assert pair()[1].open(Frame(7, 0x11, 1, payload)) is Rejected.FORGED


def test_the_seal_is_plain_aes_ccm() -> None:
    """As docs/specs/console-wire.md says, so that firmware can use the block in its chip."""
    frame = Session(KEY, Side.BRIDGE).seal(7, 0x11, 9, b"body")
    nonce = b"\x01" + bytes(8) + b"\0\0\0\1"
    sealed = AESCCM(KEY, tag_length=8).encrypt(nonce, b"body", bytes((7, 0x11, 9)))
    assert frame.payload == b"\0\0\0\1" + sealed


def test_the_two_directions_never_share_a_nonce() -> None:
    bridge, console = pair()
    ours, theirs = bridge.seal(7, 0x11, 1, bytes(8)), console.seal(7, 0x11, 1, bytes(8))
    assert ours.payload[:4] == theirs.payload[:4]
    assert ours.payload[4:] != theirs.payload[4:]


def test_each_nonce_and_address_makes_another_session() -> None:
    keys = {
        session_key(KEY, address, bridge, console)
        for address in (1, 2)
        for bridge in (bytes(8), b"bridge 1")
        for console in (bytes(8), b"consol 1")
    }
    assert len(keys) == 8


def test_a_proof_depends_on_key_address_question_and_claim() -> None:
    proofs = {
        proof(key, address, nonce, claim)
        for key in (KEY, bytes(16))
        for address in (1, 2)
        for nonce in (bytes(8), b"question")
        for claim in (b"one", b"two")
    }
    assert len(proofs) == 16
