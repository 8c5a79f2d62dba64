"""One open vote of 500 through bridges and MQTT: first press → last receipt at its console; its floor."""

import asyncio
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from firmware_bridge.wire.framing import Deframer, Frame
from firmware_bridge.wire.messages import Kind
from hall_controller.cli.demo.cabling import BAUD
from hall_controller.cli.demo.furnish import HALL
from simulators.serial_row import SimulatedRow
from tests.bench import stages
from tests.bench.hall import SEATS, House, full_house
from tests.bench.stages import Broker, Message

PRESSED_WITHIN_S = 0.05
BITS_A_BYTE = 10
FRAME_BYTES = 7
"""Around a payload: address, kind, number, checksum, stuffing, end. A poll has none."""


def _wire(frame: Frame) -> int:
    return len(frame.payload) + FRAME_BYTES


class Line:
    """Listens to a row's line: what was said in a vote, without the roll calls that fill an idle line."""

    def __init__(self, row: SimulatedRow) -> None:
        self._cable, self._heard = row.cable, bytearray()
        self.listening = False
        row.cable = self  # type: ignore[assignment]

    def pass_through(self, data: bytes) -> bytes:
        if self.listening:
            self._heard += data
        return self._cable.pass_through(data)

    @property
    def line_ms(self) -> float:
        """How long the line needs, at its rate, to bring the presses up and the lamps down.

        A poll for each press that was fetched and an acknowledgement for each lamp; texts come later.
        """
        frames = [one for one in Deframer().feed(bytes(self._heard)) if isinstance(one, Frame)]
        presses = [_wire(one) for one in frames if one.kind == Kind.NEWS]
        lamps = [_wire(one) for one in frames if one.kind == Kind.LAMPS]
        acks = [_wire(one) for one in frames if one.kind == Kind.ACK][: len(lamps)]
        said = sum(presses) + len(presses) * FRAME_BYTES + sum(lamps) + sum(acks)
        return said * BITS_A_BYTE / BAUD * 1000


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one vote put on the bus and on the fullest line."""

    up: Sequence[Message]
    down: Sequence[Message]
    line_ms: float


@dataclass(frozen=True, slots=True)
class Round:
    whole_ms: float
    press_p50_ms: float
    press_p99_ms: float
    floors: Mapping[str, float]

    @property
    def floor_ms(self) -> float:
        return max(self.floors.values())

    @property
    def ratio(self) -> float:
        return self.whole_ms / self.floor_ms


async def measured(rounds: int) -> tuple[Recorded, list[Round]]:
    with tempfile.TemporaryDirectory(prefix="hall-bench-") as place:
        async with full_house(Path(place) / "hall", rounds + 1) as house:
            recorded = await _record(house)
            broker = Broker(house.broker_port, dict(house.furnished.passwords))
            done = [await _round(house, recorded, broker, Path(place), n) for n in range(rounds)]
    return recorded, done


async def _record(house: House) -> Recorded:
    """A vote that isn't timed: an eavesdropper on the bus, and one on each line."""
    broker = Broker(house.broker_port, dict(house.furnished.passwords))
    messages: list[Message] = []
    ear = await broker.client("hall", [f"dh/{HALL}/up/+", f"dh/{HALL}/down/+"])
    lines = [Line(row) for row in house.simulated.rows.values()]
    vote = await house.vote_opens()
    ear.heard = lambda topic, payload: messages.append(Message(topic, payload))
    for line in lines:
        line.listening = True
    await house.all_press(PRESSED_WITHIN_S)
    await asyncio.sleep(0.2)
    ear.transport.close()
    for line in lines:
        line.listening = False
    await house.vote_ends(vote)
    up = [one for one in messages if "/up/" in one.topic]
    return Recorded(
        up, [one for one in messages if "/down/" in one.topic], max(one.line_ms for one in lines)
    )


async def _round(house: House, recorded: Recorded, broker: Broker, place: Path, number: int) -> Round:
    vote = await house.vote_opens()
    pressed = await house.all_press(PRESSED_WITHIN_S)
    await house.vote_ends(vote)
    first, last = min(at for at, _ in pressed), max(at + took for at, took in pressed)
    took = statistics.quantiles([seconds * 1000 for _, seconds in pressed], n=100, method="inclusive")
    folder = place / str(number)
    folder.mkdir()
    floors = {
        "sign": stages.signing(SEATS),
        "serial line": recorded.line_ms,
        "MQTT, way in": await stages.way_in(broker, HALL, recorded.up),
        "check": stages.checking(SEATS),
        "commit": stages.committing(SEATS, folder),
        "receipts": stages.receipts(SEATS),
        "MQTT, way back": await stages.way_back(broker, HALL, recorded.down),
    }
    return Round((last - first) * 1000, took[49], took[98], floors)
