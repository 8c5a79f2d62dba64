"""What everybody sees: the hall, the sitting, the vote, the floor."""

from display.feed import time_text
from display.moment import Moment
from display.rights import Role
from display.shapes import FloorShape, HallShape, SittingShape, SpeakerShape, ViewShape, Words
from display.views.people import in_queue, seating_of, words
from display.views.vote import vote_shape
from voting.division import Phase

CANNOT_RECORD: Words = {
    "vi": "Hệ thống tạm thời chưa ghi nhận được. Thời gian này sẽ được bù lại.",
    "en": "The hall can't record just now. The time will be given back.",
}


def shared(role: Role, moment: Moment) -> ViewShape:
    shown: ViewShape = {"role": role, "hall": hall_shape(moment), "floor": _floor(moment)}
    sitting = _sitting(moment)
    if sitting is not None:
        shown["sitting"] = sitting
    vote = None if role == "public" and _passed_on(moment) else vote_shape(role, moment)
    if vote is not None:
        shown["vote"] = vote
    if not moment.health.store:
        shown["notice"] = CANNOT_RECORD
    return shown


def _passed_on(moment: Moment) -> bool:
    """After a speech an earlier result doesn't come back to the wall: the sitting has gone on since."""
    division, spoke = moment.meeting.current, moment.meeting.floor.last_given
    if division is None or division.declared_at is None or spoke is None:
        return False
    return division.phase is Phase.DECLARED and division.declared_at < spoke


def hall_shape(moment: Moment) -> HallShape:
    """Which hall this is, and whether it is one for trying things out."""
    shown: HallShape = {
        "name": words(moment.name),
        "log": moment.head.origin,
        "test": moment.test,
    }
    if moment.head.keys:
        shown["keys"] = {kid: dict(key) for kid, key in moment.head.keys.items()}
    return shown


def _sitting(moment: Moment) -> SittingShape | None:
    sitting = moment.meeting.sitting
    if sitting is None:
        return None
    return {
        "id": sitting.id,
        "title": words(sitting.title),
        "on": sitting.on.isoformat(),
        "roll": sitting.roll.number,
        "present": moment.meeting.present,
    }


def _floor(moment: Moment) -> FloorShape:
    sitting, floor = moment.meeting.sitting, moment.meeting.floor
    if sitting is None:
        return {"queue": []}
    seats = seating_of(moment.meeting, sitting)
    shown: FloorShape = {"queue": [in_queue(sitting, one.member, one.kind, seats) for one in floor.queue]}
    if floor.speaker is not None:
        speaker = floor.speaker
        at_the_microphone: SpeakerShape = {
            **in_queue(sitting, speaker.member, speaker.kind, seats),
            "since": time_text(speaker.since),
            "limit_s": speaker.limit_s,
        }
        shown["speaker"] = at_the_microphone
    return shown
