"""The arc: every seat somewhere, nobody on another's lap, the same picture every time."""

from math import hypot

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from display.plan import arc
from display.ports import Seat
from voting.ids import SeatId


def seats(count):
    return [Seat(SeatId(f"{n:03}"), "ABCD"[n % 4]) for n in range(1, count + 1)]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 700))
def test_every_seat_has_a_place_inside_the_picture(count):
    places = arc(seats(count))
    assert [place.seat for place in places] == [seat.id for seat in seats(count)]
    assert all(0 <= place.x <= 1 and 0 <= place.y <= 1 for place in places)


@pytest.mark.parametrize("count", [50, 100, 484, 500])
def test_no_two_seats_touch(count):
    places = arc(seats(count))
    nearest = min(hypot((a.x - b.x) * 16 / 9, a.y - b.y) for i, a in enumerate(places) for b in places[:i])
    assert nearest > 0.03, "a dot of 0.02 of the height must have air around it"


def test_the_first_row_is_nearest_the_presidium_at_the_bottom():
    places = arc(seats(500))
    first, last = places[:10], places[-10:]
    assert max(place.y for place in first) > 0.7
    middle = min(places, key=lambda place: place.y)
    assert abs(middle.x - 0.5) < 0.1
    assert min(place.x for place in last) > 0.9, "a row goes from left to right"


def test_the_same_seats_give_the_same_picture_and_keep_their_block():
    assert arc(seats(484)) == arc(seats(484))
    assert [place.block for place in arc(seats(8))] == list("BCDABCDA")
