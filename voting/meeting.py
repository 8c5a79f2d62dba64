"""The one place that knows a meeting: decide(command, at) → events; evolve(event, at) → meeting.

`decide` changes nothing; `evolve` asks nothing but the event and the time recorded with it, so that the
hall, its standby and an auditor come to the same meeting from the same log.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from voting import ballot, conduct, convening, counting, debate, incidents, mobile, presence, seat_account
from voting import commands as c
from voting import events as e
from voting.chamber import Meeting, Sitting

__all__ = ["Meeting", "Sitting", "decide", "evolve"]

# Any: each function takes its own command or event, the key says which.
_DECISIONS: Mapping[type[c.Command], Callable[[Meeting, Any, datetime], tuple[e.Event, ...]]] = {
    c.OpenSitting: convening.decide_open,
    c.AdjournSitting: convening.decide_adjourn,
    c.SignIn: presence.decide_sign_in,
    c.SignOut: presence.decide_sign_out,
    c.MarkPresence: presence.decide_mark,
    c.OpenMobile: mobile.decide_open,
    c.CloseMobile: mobile.decide_close,
    c.CallRoll: presence.decide_roll,
    c.PutToSleep: presence.decide_sleep,
    c.NoteIncident: incidents.decide_note,
    c.AcknowledgeIncident: incidents.decide_acknowledge,
    c.AnnounceVote: conduct.decide_announce,
    c.OpenVote: conduct.decide_open,
    c.HoldVote: conduct.decide_hold,
    c.ResumeVote: conduct.decide_resume,
    c.ExtendVote: conduct.decide_extend,
    c.CloseVote: conduct.decide_close,
    c.EndClosing: conduct.decide_end_closing,
    c.AccountForSeats: seat_account.decide_account,
    c.CastBallot: ballot.decide_cast,
    c.EnterHandCount: counting.decide_hand_count,
    c.GiveCastingVote: counting.decide_casting_vote,
    c.ComputeResult: counting.decide_result,
    c.DeclareVote: counting.decide_declare,
    c.CancelVote: conduct.decide_cancel,
    c.NoteInterruption: conduct.decide_interruption,
    c.RequestFloor: debate.decide_request,
    c.WithdrawRequest: debate.decide_withdraw,
    c.GiveFloor: debate.decide_give,
    c.EndSpeech: debate.decide_end,
}

_CHANGES: Mapping[type[e.Event], Callable[[Meeting, Any, datetime], Meeting]] = {
    e.RuleBookAdopted: convening.adopted,
    e.RollEstablished: convening.established,
    e.SittingOpened: convening.opened,
    e.SittingAdjourned: convening.adjourned,
    e.SignedIn: presence.signed_in,
    e.SignedOut: presence.signed_out,
    e.PresenceMarked: presence.marked,
    e.MobileOpened: mobile.opened,
    e.MobileClosed: mobile.closed,
    e.RollCalled: presence.roll_called,
    e.SessionSlept: presence.slept,
    e.IncidentNoted: incidents.noted,
    e.IncidentAcknowledged: incidents.acknowledged,
    e.VoteAnnounced: conduct.announced,
    e.VoteSuperseded: conduct.superseded,
    e.VoteOpened: conduct.opened,
    e.VoteHeld: conduct.held,
    e.VoteResumed: conduct.resumed,
    e.VoteExtended: conduct.extended,
    e.VoteClosing: conduct.closing,
    e.VoteClosed: conduct.closed,
    e.SeatsAccounted: seat_account.accounted,
    e.BallotRecorded: ballot.recorded,
    e.HandCountEntered: counting.hand_counted,
    e.CastingVoteGiven: counting.casting_vote_given,
    e.ResultComputed: counting.result_computed,
    e.VoteDeclared: counting.declared,
    e.VoteCancelled: conduct.cancelled,
    e.RecordingInterrupted: conduct.interrupted,
    e.FloorRequested: debate.requested,
    e.RequestWithdrawn: debate.withdrawn,
    e.FloorGiven: debate.given,
    e.SpeechEnded: debate.ended,
}


def decide(meeting: Meeting, command: c.Command, at: datetime) -> tuple[e.Event, ...]:
    """The events that the command leads to, () where it changes nothing. Raises Refused."""
    return _DECISIONS[type(command)](meeting, command, at)


def evolve(meeting: Meeting, event: e.Event, at: datetime) -> Meeting:
    """The meeting after the event. `at` is the entry's time. Raises ImpossibleEvent for a broken log."""
    return _CHANGES[type(event)](meeting, event, at)
