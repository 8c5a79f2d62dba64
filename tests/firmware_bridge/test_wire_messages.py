"""Each message against its golden bytes: tests/vectors/console-wire.json, printed in the spec."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.ports import Lamp
from firmware_bridge.wire import messages as m
from firmware_bridge.wire.framing import Deframer, Frame, Mark, encode, encode_mark
from firmware_bridge.wire.session import Opened, Session, Side, proof, session_key

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "console-wire.json").read_text())
GIVEN = {name: bytes.fromhex(value) for name, value in VECTORS["given"].items()}
WIRES = {name: bytes.fromhex(value) for name, value in VECTORS["wires"].items()}
ADDRESS = 7

OFF, STEADY, BLINK = Lamp.OFF, Lamp.STEADY, Lamp.BLINK
HELLO = m.Hello(GIVEN["bridge_nonce"], 4, 81)
HERE = m.Here(GIVEN["console_nonce"], GIVEN["boot"], 0, "DH-0007")
BARE = {
    "roll call": Frame(0xFF, m.Kind.ROLL_CALL, 1, m.RollCall(1, 15, 8).pack()),
    "muster": Frame(0xFF, m.Kind.ROLL_CALL, 2, m.RollCall(1, 15, 8, muster=True).pack()),
    "hello": Frame(ADDRESS, m.Kind.HELLO, 3, HELLO.pack()),
    "poll": Frame(ADDRESS, m.Kind.POLL, 5),
    "idle": Frame(ADDRESS, m.Kind.IDLE, 5, m.Boot(GIVEN["boot"]).pack()),
    "stranger": Frame(ADDRESS, m.Kind.STRANGER, 5, m.Boot(GIVEN["boot"]).pack()),
}
SEALED: list[tuple[str, Side, m.Kind, int, m.Lamps | m.Text | m.Taken | m.News | m.Ack]] = [
    ("lamps", Side.BRIDGE, m.Kind.LAMPS, 4, m.Lamps(0, 0, (OFF, OFF, OFF, OFF), False, True)),
    ("ack", Side.CONSOLE, m.Kind.ACK, 4, m.Ack()),
    ("news", Side.CONSOLE, m.Kind.NEWS, 6, m.News((m.Press(1, "1", True, 12),))),
    ("text", Side.BRIDGE, m.Kind.TEXT, 7, m.Text(1, 0, b"DA GHI NHAN     7F3A")),
    ("receipt", Side.BRIDGE, m.Kind.LAMPS, 8, m.Lamps(1, 1, (STEADY, OFF, OFF, OFF), False, True)),
    ("taken", Side.BRIDGE, m.Kind.TAKEN, 9, m.Taken(1)),
    ("lamps, person", Side.BRIDGE, m.Kind.LAMPS, 10, m.Lamps(1, 1, (OFF,) * 4, False, True, True)),
    ("news, person", Side.CONSOLE, m.Kind.NEWS, 11, m.News((m.Press(2, "1", True, 40, True),))),
]


def here() -> m.Here:
    return replace(HERE, proof=proof(GIVEN["key"], ADDRESS, GIVEN["bridge_nonce"], HERE.claim))


def session(side: Side) -> Session:
    key = session_key(GIVEN["key"], ADDRESS, GIVEN["bridge_nonce"], GIVEN["console_nonce"])
    return Session(key, side)


@pytest.mark.parametrize("name", BARE)
def test_bare_frames_have_their_golden_bytes(name: str) -> None:
    assert encode(BARE[name]).hex() == WIRES[name].hex()
    assert Deframer().feed(WIRES[name]) == [BARE[name]]


def test_the_specs_example_is_made_of_golden_bytes() -> None:
    page = (Path(__file__).parents[2] / "docs" / "specs" / "console-wire.md").read_text()
    said = [line[len("unit 7  ") :].split()[0] for line in page.split("```")[1].strip().splitlines()]
    assert len(said) == 9
    assert {bytes.fromhex(wire) for wire in said} <= set(WIRES.values())


def test_marks_have_their_golden_bytes() -> None:
    assert encode_mark(Mark(ADDRESS, news=True)) == WIRES["mark, news"]
    assert encode_mark(Mark(ADDRESS, news=False)) == WIRES["mark, here"]


def test_the_answer_to_a_hello_has_its_golden_bytes() -> None:
    assert encode(Frame(ADDRESS, m.Kind.HERE, 3, here().pack())).hex() == WIRES["here"].hex()


def test_a_unit_with_a_person_present_key_says_so_under_its_proof() -> None:
    able = replace(HERE, capabilities=m.PERSON_KEY)
    able = replace(able, proof=proof(GIVEN["key"], ADDRESS, GIVEN["bridge_nonce"], able.claim))
    assert encode(Frame(ADDRESS, m.Kind.HERE, 3, able.pack())).hex() == WIRES["here, person key"].hex()
    assert m.Here.unpack(able.pack()) == able
    later = replace(able, capabilities=m.PERSON_KEY | 0x40)
    assert m.Here.unpack(later.pack()).claim == later.claim, (
        "what a later unit can do stays under its proof"
    )


def test_sealed_frames_have_their_golden_bytes_in_one_session() -> None:
    ends = {side: session(side) for side in Side}
    for name, side, kind, seq, message in SEALED:
        assert encode(ends[side].seal(ADDRESS, kind, seq, message.pack())).hex() == WIRES[name].hex(), name


def test_golden_bytes_are_read_by_the_other_end() -> None:
    ends = {Side.BRIDGE: session(Side.CONSOLE), Side.CONSOLE: session(Side.BRIDGE)}
    for name, side, kind, seq, message in SEALED:
        (frame,) = Deframer().feed(WIRES[name])
        assert isinstance(frame, Frame)
        assert (frame.kind, frame.seq) == (kind, seq)
        opened = ends[side].open(frame)
        assert isinstance(opened, Opened)
        assert type(message).unpack(opened.body) == message


lamps = st.sampled_from(Lamp)
numbers = st.integers(0, 255)
MESSAGES = st.one_of(
    st.builds(m.RollCall, numbers, numbers, numbers, st.booleans()),
    st.builds(m.Hello, st.binary(min_size=8, max_size=8), st.integers(1, 255), numbers),
    st.builds(
        m.Lamps,
        numbers,
        numbers,
        st.tuples(lamps, lamps, lamps, lamps),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
    st.builds(
        m.Text, numbers, st.integers(0, 20), st.binary(min_size=1, max_size=20).map(lambda b: b"x" * len(b))
    ),
    st.builds(m.Taken, numbers),
    st.builds(m.Ack, st.booleans()),
    st.builds(m.Boot, st.binary(min_size=4, max_size=4)),
    st.lists(
        st.builds(
            m.Press, numbers, st.sampled_from(m.KEYS), st.booleans(), st.integers(0, 65535), st.booleans()
        ),
        min_size=1,
        max_size=8,
    ).map(lambda presses: m.News(tuple(presses))),
)
KINDS = [m.RollCall, m.Hello, m.Here, m.Lamps, m.Text, m.Taken, m.News, m.Ack, m.Boot]


@given(MESSAGES)
def test_every_message_is_read_as_it_was_written(message: m.Lamps) -> None:
    assert type(message).unpack(message.pack()) == message


@given(st.sampled_from(KINDS), st.binary(max_size=60))
def test_any_payload_is_read_or_refused_as_malformed(kind: type[m.Lamps], payload: bytes) -> None:
    try:
        message = kind.unpack(payload)
    except m.Malformed:
        return
    assert kind.unpack(message.pack()) == message


@given(numbers, st.integers(1, 127))
def test_press_numbers_go_round(number: int, ahead: int) -> None:
    assert m.is_newer((number + ahead) & 0xFF, number)
    assert not m.is_newer(number, (number + ahead) & 0xFF)
    assert not m.is_newer(number, number)
