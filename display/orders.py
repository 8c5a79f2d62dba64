"""An officer's act, as the page sends it, made into the command that the rules judge."""

from display import schemas
from display.ports import Hall, PlannedVote
from display.refusals import Declined
from voting import commands as c
from voting.ids import ChoiceId, MemberId, OfficerId, VoteId


def _planned(hall: Hall, vote: VoteId) -> PlannedVote:
    found = next((one for one in hall.programme if one.vote == vote), None)
    if found is None:
        raise Declined(404, "no_such_vote")
    return found


def _question(planned: PlannedVote) -> c.Question:
    return c.Question(planned.kind, planned.title, planned.item, planned.option, planned.item_id)


def _announce(act: schemas.Announce, by: OfficerId, hall: Hall) -> c.Command:
    planned = _planned(hall, VoteId(act.vote))
    return c.AnnounceVote(
        planned.vote,
        _question(planned),
        by,
        planned.supersedes,
        act.reason or "",
        act.ordered_by or "",
    )


def _revote(act: schemas.Revote, by: OfficerId, hall: Hall) -> c.Command:
    """The programme's own repetition where one is planned, else the same question once more."""
    earlier = VoteId(act.vote)
    put = hall.meeting.votes.get(earlier)
    if put is None:
        raise Declined(404, "no_such_vote")
    planned = next((one for one in hall.programme if one.supersedes == earlier), None)
    if planned is not None and planned.vote not in hall.meeting.votes:
        vote, question = planned.vote, _question(planned)
    else:
        # Made from the vote it repeats, so that asking twice can't make two.
        vote, question = VoteId(f"{earlier}.r{put.round + 1}"), put.question
    return c.AnnounceVote(vote, question, by, earlier, act.reason, act.ordered_by)


def _plain(act: schemas.Plain, by: OfficerId, hall: Hall) -> c.Command:
    if act.act == "adjourn":
        return c.AdjournSitting(by)
    if act.act == "end_speech":
        return c.EndSpeech(by)
    if act.act == "call_roll":
        return c.CallRoll(by)
    opening = hall.opening(by)
    if opening is None:
        raise Declined(409, "no_sitting_planned")
    return opening


def _of_vote(act: schemas.OfVote, by: OfficerId) -> c.Command:
    vote = VoteId(act.vote)
    match act.act:
        case "resume":
            return c.ResumeVote(vote, by)
        case "close":
            return c.CloseVote(vote, by)
        case "declare":
            return c.DeclareVote(vote, by)


def _with_reason(act: schemas.WithReason, by: OfficerId) -> c.Command:
    made = c.HoldVote if act.act == "hold" else c.CancelVote
    return made(VoteId(act.vote), act.reason, by)


def _of_member(act: schemas.OfMember, by: OfficerId, hall: Hall) -> c.Command:
    member = MemberId(act.member)
    if act.act == "end_phone":
        phone = hall.meeting.attendance.session_of(member, "mobile")
        if phone is None:
            raise Declined(409, "no_phone_bound")
        return c.SignOut(phone.id, "phone_lost")
    return c.GiveFloor(member, by) if act.act == "give_floor" else c.WithdrawRequest(member)


def _of_members(act: schemas.OfMembers, by: OfficerId, hall: Hall) -> c.Command:
    sitting = hall.meeting.open_sitting()
    named = [MemberId(member) for member in act.members]
    for delegation in act.delegations:
        found = [id for id, member in sitting.members.items() if member.delegation == delegation]
        if not found:
            raise Declined(409, "no_such_delegation")
        named += found
    made = c.OpenMobile if act.act == "open_mobile" else c.CloseMobile
    return made(tuple(named), act.reason, by)


def command(act: schemas.Act, by: OfficerId, hall: Hall, challenge: str) -> c.Command:
    """`challenge` is base64url of 16 random bytes, used where a vote is opened. Raises Declined."""
    match act:
        case schemas.Plain():
            return _plain(act, by, hall)
        case schemas.OfVote():
            return _of_vote(act, by)
        case schemas.Announce():
            return _announce(act, by, hall)
        case schemas.Revote():
            return _revote(act, by, hall)
        case schemas.Open():
            return c.OpenVote(VoteId(act.vote), challenge, by, act.duration_s)
        case schemas.WithReason():
            return _with_reason(act, by)
        case schemas.Extend():
            return c.ExtendVote(VoteId(act.vote), act.extra_s, by)
        case schemas.CastingVote():
            return c.GiveCastingVote(VoteId(act.vote), ChoiceId(act.choice), by)
        case schemas.HandCount():
            counts = {ChoiceId(choice): count for choice, count in act.counts.items()}
            return c.EnterHandCount(VoteId(act.vote), counts, by)
        case schemas.MarkPresence():
            return c.MarkPresence(MemberId(act.member), act.present, act.reason, by)
        case schemas.Acknowledge():
            return c.AcknowledgeIncident(act.incident, by)
        case schemas.OfMembers():
            return _of_members(act, by, hall)
        case schemas.OfMember():
            return _of_member(act, by, hall)
