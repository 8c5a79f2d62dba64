"""A row through everything that can go wrong on its cable, in line time. One test for each misfortune."""

import random
from dataclasses import replace

import pytest

from firmware_bridge.errors import RowMisconfigured, UnknownConsole
from firmware_bridge.ports import (
    CloneSuspected,
    ConsoleEvent,
    ConsoleLost,
    ConsoleUp,
    Face,
    FaceShown,
    KeyPressed,
    Lamp,
)
from firmware_bridge.wire.framing import Deframer, Frame, encode
from firmware_bridge.wire.link import RowLink
from firmware_bridge.wire.messages import Kind, Lamps
from firmware_bridge.wire.session import Session, Side
from simulators.faults import LineFaults
from tests.row_bench import RowBench, console_key, dice, seat

ROW = range(1, 16)
BALLOT = Face(keys_armed=True, lines=("K8 Đ5 PA2 LẦN 2", "TT   K.TT   K.BQ"))
RECORDED = replace(BALLOT, lamps=(Lamp.STEADY, Lamp.OFF, Lamp.OFF), lines=("ĐÃ GHI NHẬN     7F3A", ""))
LIT = (Lamp.STEADY, Lamp.OFF, Lamp.OFF)
DARK = (Lamp.OFF, Lamp.OFF, Lamp.OFF)


def voting(bench: RowBench) -> RowBench:
    """The row is up, every console armed and showing the question, the line on the alert."""
    for address in bench.units:
        bench.link.show(address, BALLOT)
    bench.link.attend(True, bench.now)
    bench.run(3.0)
    assert all(unit.panel.armed for unit in bench.units.values())
    return bench


def receipt_at_once(bench: RowBench) -> None:
    def owner(event: ConsoleEvent) -> None:
        if isinstance(event, KeyPressed):
            bench.link.show(event.address, RECORDED)

    bench.owner = owner


def frames_of(bench: RowBench, kind: Kind, speaker: str = "bridge") -> list[bytes]:
    found = []
    for _, who, wire in bench.tape:
        heard = Deframer().feed(wire)
        if who == speaker and any(isinstance(one, Frame) and one.kind == kind for one in heard):
            found.append(wire)
    return found


def test_a_row_comes_up_once_each_with_its_serial() -> None:
    bench = RowBench(ROW)
    ups = [event for event in bench.run(1.0) if isinstance(event, ConsoleUp)]
    assert sorted(up.address for up in ups) == list(ROW)
    assert {up.serial for up in ups} == {unit.serial for unit in bench.units.values()}
    assert not any(up.rebooted for up in ups)


def test_a_face_is_told_as_shown_when_it_is() -> None:
    bench = RowBench([7])
    bench.link.show(7, BALLOT)
    bench.run(1.0)
    assert bench.events[-1] == FaceShown(7, BALLOT)
    assert bench.units[7].lines == ("K8 D5 PA2 LAN 2", "TT   K.TT   K.BQ")
    bench.link.show(7, BALLOT)
    assert bench.run(0.1) == [FaceShown(7, BALLOT)]


def test_only_what_changed_is_sent() -> None:
    bench = voting(RowBench([7]))
    bench.tape.clear()
    bench.link.show(7, replace(BALLOT, lines=("K8 D5 PA2 LAN 3", BALLOT.lines[1])))
    bench.run(0.1)
    (text,) = frames_of(bench, Kind.TEXT)
    assert (
        len(text) == len(b"header") - 3 + 4 + 2 + 1 + 8 + 2 + 2
    )  # header, counter, place, one letter, tag, CRC
    assert frames_of(bench, Kind.LAMPS) == []


def test_a_press_is_reported_with_the_time_it_was_made() -> None:
    bench = voting(RowBench(ROW))
    made = bench.now + 0.013
    bench.press(4, "2", after=0.013)
    (press,) = [event for event in bench.run(0.1) if isinstance(event, KeyPressed)]
    assert (press.address, press.key) == (4, "2")
    assert press.pressed_at == pytest.approx(made, abs=0.006)


def test_presses_come_within_one_roll_call_while_alert() -> None:
    bench = voting(RowBench(ROW))
    draw = random.Random(1)
    waits = []
    for _ in range(100):
        made = bench.now + draw.random() * 0.03
        bench.press(draw.choice(ROW), "speak", after=made - bench.now)
        while not any(isinstance(event, KeyPressed) for event in bench.run(0.001)):
            pass
        waits.append(bench.now - made)
    assert max(waits) < 0.045
    assert sum(waits) / len(waits) < 0.027


def test_a_press_of_an_unarmed_key_is_reported_and_lights_nothing() -> None:
    bench = RowBench([7])
    bench.run(1.0)
    bench.press(7, "1")
    bench.press(7, "speak", after=0.1)
    bench.run(0.5)
    assert bench.presses() == [(7, "1"), (7, "speak")]
    assert bench.units[7].lamps == DARK
    assert bench.units[7].request_lamp is Lamp.OFF


def test_fifteen_pressed_within_50_ms_are_all_lit_near_line_speed() -> None:
    bench = voting(RowBench(ROW))
    receipt_at_once(bench)
    draw = random.Random(7)
    for address in ROW:
        bench.press(address, "1", after=draw.random() * 0.05)
    bench.tape.clear()
    begun = bench.now
    while not all(unit.lamps == LIT for unit in bench.units.values()):
        bench.run(0.001)
        assert bench.now - begun < 0.16
    assert sorted(bench.presses()) == [(address, "1") for address in ROW]
    assert len(frames_of(bench, Kind.LAMPS)) == 15, "one lamp frame each, none to say that it blinks"


def test_a_lamp_goes_before_polls_and_text() -> None:
    bench = voting(RowBench(ROW))
    for address in ROW:
        bench.link.show(address, replace(BALLOT, lines=("TẠM DỪNG", "")))
    bench.run(0.01)
    bench.link.show(15, replace(BALLOT, microphone=True))
    bench.run(0.02)
    assert bench.units[15].microphone


def test_a_press_between_press_and_receipt_never_shows_recorded() -> None:
    bench = voting(RowBench([7]))
    bench.press(7, "1")
    bench.run(0.29)
    unit = bench.units[7]
    assert unit.lamps == (Lamp.BLINK, Lamp.OFF, Lamp.OFF)
    bench.run(0.02)
    assert unit.lines == ("CHUA DUOC GHI NHAN", "DANG GUI LAI...")
    bench.link.show(7, replace(BALLOT, lamps=(Lamp.BLINK, Lamp.OFF, Lamp.OFF), lines=("còn 0:10", "")))
    bench.run(0.2)
    assert unit.lamps == (Lamp.BLINK, Lamp.OFF, Lamp.OFF)
    assert unit.lines == ("CHUA DUOC GHI NHAN", "DANG GUI LAI..."), "the countdown doesn't hide it"
    bench.link.show(7, RECORDED)
    bench.run(0.2)
    assert (unit.lamps, unit.lines) == (LIT, ("DA GHI NHAN     7F3A", ""))


def test_a_refused_press_goes_dark() -> None:
    bench = voting(RowBench([7]))
    bench.press(7, "3")
    bench.run(0.1)
    bench.link.show(7, replace(BALLOT, lines=("KHÔNG ĐƯỢC GHI NHẬN", "")))
    bench.run(0.1)
    assert bench.units[7].lamps == DARK
    assert bench.units[7].lines == ("KHONG DUOC GHI NHAN", "")
    assert bench.events[-1] == FaceShown(7, bench.link._consoles[7].wanted)


def test_a_face_that_did_not_know_of_a_press_leaves_it_blinking() -> None:
    bench = voting(RowBench([7]))
    bench.units[7].press("2", bench.now)
    bench.link.show(7, replace(BALLOT, microphone=True))
    bench.run(0.01)
    assert bench.units[7].microphone
    assert bench.units[7].lamps == (Lamp.OFF, Lamp.BLINK, Lamp.OFF)


def test_a_changed_mind_blinks_at_the_new_key_until_its_receipt() -> None:
    bench = voting(RowBench([7]))
    receipt_at_once(bench)
    bench.press(7, "1")
    bench.run(0.2)
    bench.owner = lambda event: None
    bench.press(7, "2")
    bench.run(0.1)
    assert bench.units[7].lamps == (Lamp.STEADY, Lamp.BLINK, Lamp.OFF)
    bench.link.show(7, replace(BALLOT, lamps=(Lamp.OFF, Lamp.STEADY, Lamp.OFF)))
    bench.run(0.1)
    assert bench.units[7].lamps == (Lamp.OFF, Lamp.STEADY, Lamp.OFF)


def test_the_same_key_again_is_answered_by_the_same_face() -> None:
    bench = voting(RowBench([7]))
    receipt_at_once(bench)
    for _ in range(2):
        bench.press(7, "1")
        bench.run(0.2)
        assert bench.units[7].lamps == LIT
    assert bench.presses() == [(7, "1"), (7, "1")]


@pytest.mark.parametrize("seed", range(5))
def test_one_wrong_bit_in_a_thousand_loses_and_doubles_nothing(seed: int) -> None:
    bench = voting(RowBench(ROW, LineFaults(flipped=1e-3), seed))
    receipt_at_once(bench)
    for address in ROW:
        bench.press(address, "1", after=0.05 * random.Random(address).random())
    bench.run(3.0)
    assert sorted(bench.presses()) == [(address, "1") for address in ROW]
    assert all(unit.lamps == LIT for unit in bench.units.values())
    assert not any(isinstance(event, CloneSuspected) for event in bench.events)


@pytest.mark.parametrize("faults", [LineFaults(torn=0.1), LineFaults(lost=0.01), LineFaults(doubled=0.01)])
def test_torn_lost_and_doubled_bytes_lose_and_double_nothing(faults: LineFaults) -> None:
    bench = voting(RowBench(ROW, faults, seed=3))
    receipt_at_once(bench)
    for address in ROW:
        bench.press(address, "1")
    bench.run(3.0)
    assert sorted(bench.presses()) == [(address, "1") for address in ROW]
    assert all(unit.lamps == LIT for unit in bench.units.values())


def test_a_forged_lamp_lights_nothing() -> None:
    bench = voting(RowBench([7]))
    lit = Lamps(0, 0, (Lamp.STEADY, Lamp.OFF, Lamp.OFF, Lamp.OFF), True, True)
    forged = Session(console_key(8), Side.BRIDGE).seal(7, Kind.LAMPS, 0, lit.pack())
    bench.inject(encode(forged))
    assert bench.units[7].lamps == DARK
    assert bench.units[7].refused == 1
    bench.run(1.0)
    bench.link.show(7, RECORDED)
    bench.run(0.1)
    assert bench.units[7].lamps == LIT, "the session goes on"


def test_a_forged_press_is_not_a_press() -> None:
    bench = voting(RowBench([7]))
    stranger = seat(7, key=console_key(8))
    bench.on_line = [stranger]
    stranger.press("1", bench.now)
    bench.run(5.0)
    assert bench.presses() == []


def test_a_replayed_lamp_frame_lights_nothing() -> None:
    bench = voting(RowBench([7]))
    bench.tape.clear()
    bench.link.show(7, RECORDED)
    bench.run(0.1)
    (steady,) = frames_of(bench, Kind.LAMPS)
    bench.link.show(7, BALLOT)
    bench.run(0.1)
    bench.inject(steady)
    assert bench.units[7].lamps == DARK
    bench.units[7].power_off()
    bench.units[7].power_on(bench.now)
    bench.run(1.0)
    bench.inject(steady)
    assert bench.units[7].lamps == DARK


def test_a_replayed_press_is_not_a_second_one() -> None:
    bench = voting(RowBench([7]))
    bench.press(7, "1")
    bench.run(0.3)
    news = frames_of(bench, Kind.NEWS, "console")[0]
    (frame,) = Deframer().feed(news)
    assert isinstance(frame, Frame)
    # The same bytes as the answer to a later poll, its number put right
    bench.on_line = []
    for _ in range(40):
        bench.run(0.005)
        if bench.link._exchange is not None:
            seq = bench.link._exchange.frame.seq
            bench.link.receive(encode(replace(frame, seq=seq)) + news, bench.now)
    assert bench.presses() == [(7, "1")]


def test_a_replayed_hello_does_not_break_the_session() -> None:
    bench = voting(RowBench([7]))
    hello = frames_of(bench, Kind.HELLO)[0]
    bench.inject(hello)
    bench.link.show(7, RECORDED)
    assert FaceShown(7, RECORDED) in bench.run(0.1)
    assert bench.units[7].lamps == LIT


def test_a_reboot_in_mid_vote_is_noticed_and_the_face_restored() -> None:
    bench = voting(RowBench(ROW))
    receipt_at_once(bench)
    bench.press(7, "1")
    bench.run(0.2)
    bench.units[7].power_off()
    bench.units[7].power_on(bench.now)
    assert bench.units[7].lamps == DARK
    events = bench.run(0.3)
    assert ConsoleUp(7, "DH-0007", rebooted=True) in events
    assert FaceShown(7, RECORDED) in events
    assert bench.units[7].lamps == LIT
    bench.press(7, "2")
    bench.run(0.2)
    assert bench.presses() == [(7, "1"), (7, "2")]


def test_a_restarted_bridge_finds_the_presses_that_wait() -> None:
    bench = voting(RowBench([7]))
    for _ in range(130):
        bench.press(7, "1")
        bench.run(0.05)
    bench.units[7].press("2", bench.now)
    bench.link = RowLink({7: console_key(7)}, dice("another bridge"))
    bench.link.line_up(bench.now)
    bench.events.clear()
    bench.run(0.5)
    assert bench.presses()[-1] == (7, "2")
    assert ConsoleUp(7, "DH-0007", rebooted=False) in bench.events


def test_a_dead_console_is_lost_soon_and_costs_little() -> None:
    bench = voting(RowBench(ROW))
    bench.units[7].power_off()
    assert ConsoleLost(7) in bench.run(2.0)
    bench.tape.clear()
    bench.run(10.0)
    to_it = [
        wire for _, who, wire in bench.tape if who == "bridge" and (Deframer().feed(wire)[0].address == 7)
    ]  # type: ignore[union-attr]
    assert 0 < len(to_it) <= 3
    bench.units[7].power_on(bench.now)
    assert ConsoleUp(7, "DH-0007", rebooted=True) in bench.run(0.3)


def test_a_console_off_the_line_says_so_and_keeps_no_press() -> None:
    bench = voting(RowBench(ROW))
    unit = bench.units[7]
    bench.on_line.remove(unit)
    bench.run(1.0)
    unit.press("1", bench.now)
    bench.run(0.5)
    unit.tick(bench.now)
    assert unit.lines == ("CHUA DUOC GHI NHAN", "DANG GUI LAI...")
    bench.run(1.0)
    unit.tick(bench.now)
    assert (unit.lines, unit.lamps) == (("MAT KET NOI", "CHUA DUOC GHI NHAN"), DARK)
    bench.on_line.append(unit)
    events = bench.run(0.5)
    assert ConsoleUp(7, "DH-0007", rebooted=False) in events
    assert bench.presses() == []
    assert unit.lines == ("CHUA DUOC GHI NHAN", "MOI BAM LAI")


@pytest.mark.parametrize("seed", range(6))
def test_two_consoles_with_one_address_are_noticed_and_neither_is_trusted(seed: int) -> None:
    bench = voting(RowBench(ROW, seed=seed))
    clone = seat(7, serial=f"XX-{seed:04}")
    clone.power_on(bench.now)
    bench.on_line.append(clone)
    assert CloneSuspected(7) in bench.run(2.0)
    bench.link.show(7, RECORDED)
    bench.press(7, "1")
    bench.run(1.0)
    assert bench.presses() == []
    assert clone.lamps == DARK
    bench.on_line.remove(clone)
    assert ConsoleUp(7, "DH-0007", rebooted=False) in bench.run(4.0)
    bench.run(0.3)
    assert bench.presses() == [(7, "1")], "its own press comes late, with the time at which it was made"
    bench.link.show(7, RECORDED)
    bench.run(0.1)
    assert bench.units[7].lamps == LIT


def test_an_exact_copy_of_a_console_is_noticed_too() -> None:
    bench = voting(RowBench(ROW))
    copy = seat(7)
    copy._entropy = dice("the copy")
    copy.power_on(bench.now)
    bench.on_line.append(copy)
    assert CloneSuspected(7) in bench.run(2.0)


def test_both_clones_gone_is_a_lost_console() -> None:
    bench = voting(RowBench(ROW))
    clone = seat(7, serial="XX")
    bench.on_line.append(clone)
    bench.run(2.0)
    bench.on_line = [unit for unit in bench.on_line if unit.address != 7]
    assert ConsoleLost(7) in bench.run(5.0)


def test_a_console_with_a_foreign_key_is_never_up() -> None:
    bench = RowBench(ROW)
    bench.on_line[6] = seat(7, key=console_key(99))
    bench.run(3.0)
    assert CloneSuspected(7) in bench.events
    assert not any(isinstance(event, ConsoleUp) and event.address == 7 for event in bench.events)


def test_the_line_down_loses_every_console_and_up_finds_them_again() -> None:
    bench = voting(RowBench(ROW))
    bench.link.line_down(bench.now)
    assert sorted(event.address for event in bench.run(0.1)) == list(ROW)
    bench.link.line_up(bench.now)
    events = bench.run(2.0)
    assert {event.address for event in events if isinstance(event, FaceShown)} == set(ROW)


def test_idle_polling_is_twelve_short_frames_a_second() -> None:
    bench = RowBench(ROW)
    bench.run(3.0)
    bench.tape.clear()
    bench.run(10.0)
    asked = sum(len(wire) for _, who, wire in bench.tape if who == "bridge")
    heard = sum(len(wire) for _, who, wire in bench.tape if who == "console")
    assert (asked + heard) / 10 < 0.03 * 11520


def test_a_full_segment_of_64_comes_up() -> None:
    bench = RowBench(range(1, 65))
    bench.run(4.0)
    assert sum(isinstance(event, ConsoleUp) for event in bench.events) == 64


@pytest.mark.parametrize(
    "row",
    [{}, {0: bytes(16)}, {65: bytes(16)}, {1: bytes(15)}, {1: b""}],
    ids=["none", "0", "65", "15", "no key"],
)
def test_a_row_that_cannot_be_served_is_refused(row: dict[int, bytes]) -> None:
    with pytest.raises(RowMisconfigured):
        RowLink(row, dice(0))


def test_a_face_for_nobody_is_refused() -> None:
    with pytest.raises(UnknownConsole):
        RowBench(ROW).link.show(16, BALLOT)
