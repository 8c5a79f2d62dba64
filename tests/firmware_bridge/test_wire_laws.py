"""Whatever happens on the cable and at the seats: presses come once, in order; faces come true at last."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.ports import ConsoleUp, Face, FaceShown, KeyPressed, Lamp
from firmware_bridge.wire.lettering import fold
from simulators.faults import LineFaults
from tests.row_bench import RowBench

ROW = (1, 2, 3)
addresses = st.sampled_from(ROW)
faces = st.builds(
    Face,
    lamps=st.tuples(*[st.sampled_from(Lamp)] * 3),
    request_lamp=st.sampled_from(Lamp),
    microphone=st.booleans(),
    keys_armed=st.booleans(),
    lines=st.tuples(st.text("abc ĐƠ", max_size=22), st.text("xyz", max_size=22)),
)
steps = st.one_of(
    st.tuples(st.just("press"), addresses, st.sampled_from(["1", "2", "3", "speak"])),
    st.tuples(st.just("show"), addresses, faces),
    st.tuples(st.just("reboot"), addresses, st.none()),
    st.tuples(st.just("wait"), addresses, st.floats(0.001, 0.3)),
)
noise = st.sampled_from([LineFaults(), LineFaults(flipped=5e-4), LineFaults(torn=0.05, doubled=0.005)])


def play(bench: RowBench, script: list[tuple[str, int, object]]) -> tuple[dict[int, list[str]], set[int]]:
    """Plays a script; the keys that each unit took, and the units whose power failed on the way."""
    pressed: dict[int, list[str]] = {address: [] for address in ROW}
    rebooted: set[int] = set()
    for address, unit in bench.units.items():
        unit.panel.pressed = lambda press, keys=pressed[address]: keys.append(press.key)
    for what, address, value in script:
        unit = bench.units[address]
        if what == "press":
            unit.press(value, bench.now)  # type: ignore[arg-type]
            bench.run(0.05)
        elif what == "show":
            bench.link.show(address, value)  # type: ignore[arg-type]
        elif what == "reboot":
            unit.power_off()
            unit.power_on(bench.now)
            rebooted.add(address)
        else:
            bench.run(value)  # type: ignore[arg-type]
    return pressed, rebooted


@settings(max_examples=60, deadline=None)
@given(st.lists(steps, max_size=25), noise, st.integers(0, 1000))
def test_presses_come_once_in_order_and_faces_come_true(
    script: list[tuple[str, int, object]], faults: LineFaults, seed: int
) -> None:
    bench = RowBench(ROW, faults, seed)
    bench.link.attend(True, bench.now)
    bench.run(2.0)
    pressed, rebooted = play(bench, script)
    bench.run(3.0)
    told = {address: [key for at, key in bench.presses() if at == address] for address in ROW}
    for address in ROW:
        if address not in rebooted:
            assert told[address] == pressed[address]
        assert len(told[address]) <= len(pressed[address]), "a press is never invented"

    bench.cable.faults = LineFaults()
    final = Face(lamps=(Lamp.OFF, Lamp.STEADY, Lamp.OFF), keys_armed=True, lines=("hết", "giờ"))
    for address in ROW:
        bench.link.show(address, replace(final, microphone=address == 2))
    bench.run(3.0)
    for address, unit in bench.units.items():
        assert unit.lamps == final.lamps
        assert unit.microphone is (address == 2)
        assert unit.lines == (fold("hết"), fold("giờ"))


@settings(max_examples=30, deadline=None)
@given(st.lists(steps, max_size=15), st.integers(0, 1000))
def test_a_face_is_never_said_to_be_shown_before_it_is(
    script: list[tuple[str, int, object]], seed: int
) -> None:
    bench = RowBench(ROW, seed=seed)

    def owner(event: object) -> None:
        if isinstance(event, FaceShown):
            unit = bench.units[event.address]
            blinking = unit.panel.presses  # a press under way that nobody was told of yet
            assert blinking or not unit.connected or unit.lamps == event.face.lamps
        if isinstance(event, KeyPressed):
            bench.link.show(event.address, Face(keys_armed=True))
        assert not isinstance(event, ConsoleUp) or event.serial == bench.units[event.address].serial

    bench.owner = owner
    play(bench, script)
    bench.run(2.0)
