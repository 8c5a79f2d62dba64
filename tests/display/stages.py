"""A vote in each of its phases, on the real rules, and what a role sees of it."""

import json

from pydantic import TypeAdapter

from display.moment import Moment
from display.seals import Seals
from display.shapes import ViewShape
from display.views import view
from voting import commands as c

SHAPE = TypeAdapter(ViewShape)


def moment(hall):
    return Moment.of(hall, hall.now, Seals().seal)


def seen(hall, role="public"):
    shown = view(role, moment(hall))
    SHAPE.validate_python(shown, strict=True)
    assert json.loads(json.dumps(shown)) == shown
    return shown


def acts(shown):
    return {one["act"]: one for one in reversed(shown["acts"])}


def voted(hall, approve=7, reject=2, not_voting=1):
    choices = ["approve"] * approve + ["reject"] * reject + ["not_voting"] * not_voting
    for member, choice in zip(hall.members(), choices, strict=False):
        hall.press(member, choice)


def begin(hall):
    pass


def convened(hall):
    hall.convene(present=10)


def announced(hall):
    convened(hall)
    hall.announce()
    hall.troubled(shown={hall.planned[0].vote: 9})


def opened(hall):
    announced(hall)
    hall.open()
    voted(hall, 3, 1, 0)


def held(hall):
    opened(hall)
    hall.forward(seconds=12)
    hall.do(c.HoldVote(hall.meeting.current.id, "Nhiều đại biểu chưa nghe rõ", "secretary-1"))


def closing(hall):
    opened(hall)
    hall.do(c.CloseVote(hall.meeting.current.id, "secretary-1"))


def closed(hall):
    opened(hall)
    for member in hall.members()[4:10]:
        hall.press(member, "approve")
    hall.close()


def declared(hall):
    closed(hall)
    hall.declare()


def cancelled(hall):
    opened(hall)
    hall.do(c.CancelVote(hall.meeting.current.id, "Sai nội dung", "secretary-1"))


def repeated(hall):
    declared(hall)
    first = hall.planned[0]
    question = c.Question(first.kind, first.title, first.item, first.option)
    hall.do(
        c.AnnounceVote("pm.1.r2", question, "secretary-1", first.vote, "Chưa nghe rõ", "Chủ tọa phiên họp")
    )


PHASES = [begin, convened, announced, opened, held, closing, closed, declared, cancelled, repeated]
