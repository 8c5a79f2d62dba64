"""Incidents on the console: in plain words, until they are acknowledged; nobody else sees them."""

import re
from pathlib import Path

from display.views.incidents import TEXTS
from hall_controller.incidents import OF_REFUSAL
from tests.display.opened_door import opened
from tests.display.stages import convened
from tests.display.test_console import acts, seen
from voting import commands as c
from voting.incidents import Incident


def test_an_incident_says_what_where_and_when_in_both_languages(hall):
    convened(hall)
    hall.do(c.NoteIncident("card_elsewhere", "002", "m001"))
    (shown,) = seen(hall, "officer")["incidents"]
    assert (shown["number"], shown["place"], shown["member"]) == (1, "002", "m001")
    assert shown["text"] == {"vi": "Cùng một thẻ ở hai ghế", "en": "The same card at two seats"}
    assert shown["name"]
    assert shown["t"].endswith("Z")
    assert acts(seen(hall, "officer"))["acknowledge"]["needs"] == ["incident"]
    for role in ("public", "auditor"):
        assert "incidents" not in seen(hall, role)


def test_what_was_seen_stays_below_what_was_not(hall):
    convened(hall)
    for seat in ("001", "002", "003"):
        hall.do(c.NoteIncident("key_without_card", seat, None))
    hall.do(c.AcknowledgeIncident(1, "secretary-1"))
    shown = seen(hall, "officer")["incidents"]
    assert [(one["number"], one.get("seen_by")) for one in shown] == [
        (2, None),
        (3, None),
        (1, "secretary-1"),
    ]
    for number in (2, 3):
        hall.do(c.AcknowledgeIncident(number, "secretary-1"))
    assert "acknowledge" not in acts(seen(hall, "officer"))


def test_every_kind_that_the_hall_notes_has_words():
    from_bridges = {"key_without_card", "press_asleep", "no_person_key"}
    own = {"card_refused", "lists_over", "bus_forged", "console_doubled", "press_while_absent"}
    assert set(OF_REFUSAL.values()) | from_bridges | own == set(TEXTS)


def test_the_specification_lists_the_kinds_that_have_words():
    page = (Path(__file__).parents[2] / "docs/specs/vote-life.md").read_text("utf-8")
    table = page[page.index("## Incidents") :]
    named = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\|(.*?)\|", table, re.MULTILINE))))
    assert named == set(TEXTS)


async def test_an_officer_acknowledges_from_the_page():
    async with opened() as house, house.signed_in("officer") as browser:
        hall = house.hall
        convened(hall)
        hall.do(c.NoteIncident("key_without_card", "003", None))
        answer = await browser.post(
            "/api/acts", json={"act": "acknowledge", "id": "12345678", "incident": 1}
        )
        assert answer.status_code == 200, answer.text
        (incident,) = hall.meeting.incidents.values()
        assert isinstance(incident, Incident)
        assert incident.seen_by
