"""Before the close no view depends on a choice: two meetings that differ in choices only look the same."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from display.moment import Moment
from display.seals import Seals
from display.views import me, view
from tests.display.simulated_hall import BOOK, SimulatedHall
from voting import commands as c

CHOICES = ("approve", "reject", "not_voting")
COUNT = 6
KEY = Ed25519PrivateKey.generate()
SHOWN = BOOK.replace("running_counts = false", "running_counts = true", 1)

presses = st.lists(
    st.tuples(st.integers(0, COUNT - 1), st.sampled_from(CHOICES), st.sampled_from(CHOICES)), max_size=12
)
steps = st.sampled_from(["open", "held", "closing", "closed", "computed", "cancelled"])


def played(pressed, step, which, book=BOOK):
    """The same people press the same keys' places; only the choices differ between `which` 1 and 2."""
    hall = SimulatedHall(COUNT, book=book, key=KEY)
    hall.convene()
    hall.announce()
    hall.open()
    for press in pressed:
        hall.press(hall.members()[press[0]], press[which])
    vote = hall.meeting.current.id
    if step == "held":
        hall.do(c.HoldVote(vote, "x", "s"))
    elif step == "cancelled":
        hall.do(c.CancelVote(vote, "x", "s"))
    elif step in ("closing", "closed", "computed"):
        hall.do(c.CloseVote(vote, "s"))
    if step in ("closed", "computed"):
        hall.forward(seconds=60)
        hall.do(c.EndClosing(vote))
    if step == "computed":
        hall.do(c.ComputeResult(vote))
    return hall


def moment(hall):
    return Moment.of(hall, hall.now, Seals().seal)


@settings(max_examples=60, deadline=None)
@given(presses, steps)
def test_no_view_depends_on_a_choice_before_the_result(pressed, step):
    one, other = (moment(played(pressed, step, which)) for which in (1, 2))
    for role in ("public", "member"):
        assert view(role, one) == view(role, other)
    if step != "computed":
        for role in ("officer", "auditor"):
            assert view(role, one) == view(role, other)


@settings(max_examples=30, deadline=None)
@given(presses, steps)
def test_no_members_own_part_depends_on_anothers_choice(pressed, step):
    hall = played(pressed, step, 1)
    who = hall.members()[0]
    changed = [(n, first, second if n else first) for n, first, second in pressed]
    assert me(who, moment(hall)) == me(who, moment(played(changed, step, 2)))


@settings(max_examples=30, deadline=None)
@given(presses)
def test_running_counts_are_all_that_differs_where_the_rule_book_shows_them(pressed):
    views = [view("public", moment(played(pressed, "open", which, SHOWN))) for which in (1, 2)]
    for shown in views:
        assert sum(shown["vote"].pop("running").values()) == shown["vote"]["recorded"]
    assert views[0] == views[1]


@pytest.mark.parametrize("role", ["public", "member"])
def test_running_counts_end_with_the_vote(role):
    """Between close and declaration nothing of the outcome is shown, not even what ran before."""
    hall = played([(0, "approve", "approve")], "closed", 1, SHOWN)
    assert "running" not in view(role, moment(hall))["vote"]


@pytest.mark.parametrize("role", ["public", "member", "auditor", "officer"])
def test_nothing_is_published_of_a_vote_that_publishes_nothing(role):
    book = BOOK.replace('publish = "totals"', 'publish = "nothing"', 1)
    hall = played([(0, "approve", "approve")], "computed", 1, book)
    hall.declare()
    assert ("result" in view(role, moment(hall))["vote"]) == (role in ("officer", "auditor"))


def test_no_view_but_the_members_own_names_a_ballot():
    hall = played([(0, "approve", "approve")], "open", 1)
    ballot = hall.meeting.current.ballots[hall.members()[0]].ballot
    for role in ("public", "member", "officer", "auditor"):
        assert ballot not in repr(view(role, moment(hall)))
