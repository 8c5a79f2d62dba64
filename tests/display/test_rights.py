"""One table of rights: every act by every post, as the guide prints it; what has no row nobody may do."""

from pathlib import Path

import pytest
from pydantic import TypeAdapter

from display.officers import Officer, Officers
from display.rights import (
    ACTS,
    DANGEROUS,
    ENTERED_TWICE,
    POST_NAMES,
    POSTS,
    RIGHTS,
    TWO_PEOPLE,
    acts_of,
    may,
    role_of,
)
from display.schemas import ACT
from display.views.words import LABELS
from tests.display.opened_door import opened
from voting.ids import OfficerId

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "running-a-hall.md"
BEGIN, END = "<!-- rights: written by tests/display/test_rights.py -->", "<!-- end of rights -->"


def marked(act, post):
    return "●" if may(post, f"act:{act}") else ""


def two_people(act):
    if act in TWO_PEOPLE:
        return "asked, confirmed"
    return "entered twice" if act in ENTERED_TWICE else ""


def table():
    """As the guide has it: an act a line, a post a column."""
    lines = ["| act | " + " | ".join(POST_NAMES[post]["en"].lower() for post in POSTS) + " | two people |"]
    lines.append("|" + " --- |" * (len(POSTS) + 2))
    for what in (what for what in RIGHTS if what.startswith("act:")):
        act = what.removeprefix("act:")
        cells = [f"`{act}`", *(marked(act, post) for post in POSTS), two_people(act)]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def test_the_guide_prints_the_table_that_the_code_reads():
    text = GUIDE.read_text("utf-8")
    printed = text.split(BEGIN)[1].split(END)[0].strip()
    assert printed == table(), f"put this between the marks of {GUIDE.name}:\n{table()}"


def test_every_act_that_a_page_can_send_has_a_row_and_no_row_is_idle():
    shapes = TypeAdapter(ACT._type).json_schema()["discriminator"]["mapping"]
    assert set(shapes) == ACTS == {what[4:] for what in RIGHTS if what.startswith("act:")}
    assert set(LABELS) == ACTS
    assert TWO_PEOPLE | ENTERED_TWICE <= DANGEROUS <= ACTS


@pytest.mark.parametrize("who", [*POSTS, "member", "public"])
def test_what_is_not_in_the_table_nobody_may_do(who):
    assert not may(who, "act:declare_war")
    assert not may(who, "act:")
    assert not may(who, "")


def test_no_members_phone_and_no_wall_has_an_act():
    for who in ("member", "public", "auditor", "director"):
        assert acts_of(who) == ()


def test_two_officers_at_least_may_do_what_takes_two():
    for act in TWO_PEOPLE | ENTERED_TWICE:
        assert sum(may(post, f"act:{act}") for post in POSTS) >= 2


BODIES = {
    "announce": {"vote": "pm.1"}, "open": {"vote": "pm.1"}, "hold": {"vote": "pm.1", "reason": "x"},
    "resume": {"vote": "pm.1"}, "extend": {"vote": "pm.1", "extra_s": 5}, "close": {"vote": "pm.1"},
    "declare": {"vote": "pm.1"}, "cancel": {"vote": "pm.1", "reason": "x"},
    "revote": {"vote": "pm.1", "reason": "x", "ordered_by": "y"},
    "casting_vote": {"vote": "pm.1", "choice": "approve"}, "acknowledge": {"incident": 1},
    "hand_count": {"vote": "pm.1", "counts": {"a": 1}},
    "mark_presence": {"member": "m001", "present": False, "reason": "x"}, "give_floor": {"member": "m001"},
    "withdraw_request": {"member": "m001"}, "end_phone": {"member": "m001"},
    "open_mobile": {"members": ["m001"], "reason": "x"},
    "close_mobile": {"members": ["m001"], "reason": "x"},
}  # fmt: skip


@pytest.mark.parametrize("post", POSTS)
async def test_each_act_by_each_post_at_the_door(post):
    """What the table refuses is refused before the rules are asked; what it allows, the rules judge."""
    officer = Officer(OfficerId("an-1"), "An", post, card="c")
    async with opened(officers=Officers((officer,), alone=True)) as house, house.browser() as browser:
        token, _ = house.access.admit_officer(officer, "card")
        browser.cookies.set(f"hall_session_{role_of(post)}", token)
        for n, act in enumerate(sorted(ACTS)):
            sent = {"act": act, "id": f"act-id-{n:04}", **BODIES.get(act, {})}
            answer = await browser.post("/api/acts", json=sent)
            turned_away = (answer.status_code, answer.json().get("code")) == (403, "not_allowed")
            assert turned_away != may(post, f"act:{act}"), (post, act, answer.text)
