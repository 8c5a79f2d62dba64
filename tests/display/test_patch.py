"""A change, applied to what the page had, gives what the hall has."""

from hypothesis import given
from hypothesis import strategies as st

from display.patch import merge_patch, patched

_leaves = st.booleans() | st.integers() | st.text(max_size=4)
_values = st.recursive(
    _leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=12,
)
_views = st.dictionaries(st.text(max_size=2), _values, max_size=5)


@given(_views, _views)
def test_the_patch_of_two_views_makes_the_second_of_the_first(old, new):
    assert patched(old, merge_patch(old, new)) == new


@given(_views)
def test_equal_views_have_an_empty_patch(view):
    assert merge_patch(view, dict(view)) == {}


def test_what_is_gone_is_null_and_what_is_equal_is_left_out():
    old = {"vote": {"recorded": 312, "state": "open"}, "notice": "x", "seats": [1, 2]}
    new = {"vote": {"recorded": 313, "state": "open"}, "seats": [1, 2]}
    assert merge_patch(old, new) == {"vote": {"recorded": 313}, "notice": None}


def test_lists_are_replaced_whole():
    assert merge_patch({"queue": [1, 2]}, {"queue": [2]}) == {"queue": [2]}


def test_a_number_that_becomes_true_is_a_change():
    # In Python 1 == True; on a page they are different things.
    assert merge_patch({"a": 1}, {"a": True}) == {"a": True}
