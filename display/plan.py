"""Where each seat stands on a screen: the arc of the hall, from the seat list alone.

Pure and deterministic: the same seats give the same picture on every wall. Coordinates are 0…1 from the
top left; the presidium is at the bottom, members look down at it from concentric rows on two levels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, pi, sin

from display.ports import Seat
from voting.ids import SeatId

ASPECT = 16 / 9
"""The plan is drawn for a wide screen: one unit across is this many units down."""
NEAREST, FARTHEST = 0.24, 0.87
"""Radii of the first and the last row, in heights of the plan, around the presidium."""
LEVEL_GAP = 0.085
"""What separates the balcony from the ground level, in heights."""
SPREAD = 0.94 * pi
"""The arc that the rows cover: nearly a half circle."""
AISLE = 0.035
"""Half of an aisle's width, in heights."""
SMALL_HALL = 120
"""Up to so many seats there is one level: a council's hall has no balcony."""
GROUND_BLOCKS, BALCONY_BLOCKS = 4, 3


@dataclass(frozen=True, slots=True)
class Place:
    seat: SeatId
    x: float
    y: float
    block: str


def _levels(count: int) -> list[tuple[int, float, float, int]]:
    """Seats, first and last radius, and blocks of each level."""
    if count <= SMALL_HALL:
        return [(count, NEAREST, FARTHEST * 0.8, GROUND_BLOCKS)]
    middle = NEAREST + (FARTHEST - NEAREST) * 0.66
    # Two thirds of the depth hold rather more than half of the seats: the outer rows are the long ones.
    ground = round(count * 0.6)
    return [
        (ground, NEAREST, middle, GROUND_BLOCKS),
        (count - ground, middle + LEVEL_GAP, FARTHEST, BALCONY_BLOCKS),
    ]


def _radii(count: int, first: float, last: float) -> list[float]:
    """As many rows as make a seat about as deep as it is wide."""
    length = SPREAD * (first + last) / 2
    rows = max(1, round((count * (last - first) / length) ** 0.5))
    step = (last - first) / max(1, rows - 1)
    return [first + step * row for row in range(rows)]


def _shares(count: int, radii: Sequence[float]) -> list[int]:
    """Seats of each row, in proportion to its length, adding up to `count`."""
    total = sum(radii)
    edges = [round(count * sum(radii[:row]) / total) for row in range(len(radii) + 1)]
    return [high - low for low, high in pairwise(edges)]


def _angles(seats: int, radius: float, blocks: int) -> list[float]:
    """Angles from left to right, in `blocks` groups with aisles between them."""
    aisle = 2 * AISLE / radius
    usable = SPREAD - aisle * (blocks - 1)
    step = usable / seats
    left = pi / 2 + SPREAD / 2
    angles = []
    for n in range(seats):
        crossed = min(blocks - 1, n * blocks // seats)
        angles.append(left - step * (n + 0.5) - aisle * crossed)
    return angles


def _spots(count: int) -> list[tuple[float, float]]:
    spots = []
    for seats, first, last, blocks in _levels(count):
        radii = _radii(seats, first, last)
        for in_row, radius in zip(_shares(seats, radii), radii, strict=True):
            for angle in _angles(in_row, radius, blocks) if in_row else ():
                x = 0.5 + radius * cos(angle) / ASPECT
                spots.append((round(x, 4), round(0.96 - radius * sin(angle), 4)))
    return spots


def arc(seats: Sequence[Seat]) -> tuple[Place, ...]:
    """One place for each seat, in the seats' order: row by row from the presidium, left to right."""
    spots = _spots(len(seats))
    return tuple(Place(seat.id, x, y, seat.block) for seat, (x, y) in zip(seats, spots, strict=True))
