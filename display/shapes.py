"""What pages see of the hall, as docs/specs/feed.md gives it: the shapes that views are made in.

TypedDicts, so that views stay plain JSON; the pages' types are generated from them, and from
`display.outgoing`. pydantic asks for typing_extensions' TypedDict before Python 3.12.
"""

from typing import Literal, NotRequired

from typing_extensions import TypedDict


class Words(TypedDict):
    vi: str
    en: str


class HallShape(TypedDict):
    name: Words
    log: str
    test: bool
    keys: NotRequired[dict[str, dict[str, str]]]


class SittingShape(TypedDict):
    id: str
    title: Words
    on: str
    roll: int
    present: int


class ChoiceShape(TypedDict):
    id: str
    label: Words
    mark: str
    tone: str


class PercentShape(TypedDict):
    text: Words
    of: int
    base: Words


class ConditionShape(TypedDict):
    text: Words
    need: int
    have: int
    of: int
    met: bool


class ThresholdMark(TypedDict):
    """Where on the bar of `counted` the votes required stand."""

    need: int
    of: int
    counted: str


class ResultShape(TypedDict):
    heading: Words
    roll: int
    roll_label: Words
    present: int
    participated: int
    counts: dict[str, int]
    invalid: int
    percent: dict[str, PercentShape]
    conditions: list[ConditionShape]
    outcome: str
    verdict: Words
    sentence: Words
    base_note: Words
    threshold: NotRequired[ThresholdMark]
    casting_vote: NotRequired[str]
    code: str
    checkpoint: str
    jws: dict[str, str]


Phase = Literal["announced", "open", "held", "closing", "closed", "declared", "cancelled", "superseded"]


class SuspectShape(TypedDict):
    """A seat to be looked at before the result is declared."""

    seat: str
    name: str
    why: Words


class VoteShape(TypedDict):
    id: str
    phase: Phase
    state: Words
    heading: Words
    kind: str
    item: Words
    title: Words
    option: NotRequired[Words]
    round: int
    secret: bool
    choices: list[ChoiceShape]
    members: int
    present: int
    shown: int
    recorded: int
    seats: NotRequired[str]
    deadline: NotRequired[str]
    remaining_ms: NotRequired[int]
    running: NotRequired[dict[str, int]]
    suspects: NotRequired[list[SuspectShape]]
    advice: NotRequired[Words]
    result: NotRequired[ResultShape]


class QueuedShape(TypedDict):
    member: str
    name: str
    delegation: str
    seat: NotRequired[str]
    kind: str


class SpeakerShape(QueuedShape):
    since: str
    limit_s: int


class FloorShape(TypedDict):
    speaker: NotRequired[SpeakerShape]
    queue: list[QueuedShape]


class ProgrammeVote(TypedDict):
    id: str
    title: Words
    option: NotRequired[Words]
    kind: str
    phase: Literal["planned"] | Phase
    outcome: NotRequired[Words]
    supersedes: NotRequired[str]


class ProgrammeItem(TypedDict):
    item: Words
    votes: list[ProgrammeVote]


Need = Literal[
    "reason",
    "ordered_by",
    "extra_s",
    "duration_s",
    "choice",
    "counts",
    "member",
    "incident",
    "present",
    "members",
]


class ActShape(TypedDict):
    act: str
    vote: NotRequired[str]
    member: NotRequired[str]
    label: Words
    key: NotRequired[str]
    confirm: NotRequired[Words]
    confirm_key: NotRequired[str]
    needs: NotRequired[list[Need]]


class RequestShape(TypedDict):
    """What one officer asks for and another is to confirm."""

    id: str
    act: str
    label: Words
    what: Words
    reason: NotRequired[str]
    by: str
    name: str
    until: str
    state: Literal["waiting", "doing", "done", "declined", "withdrawn", "expired", "refused"]
    answered: NotRequired[str]
    why: NotRequired[Words]


class ThresholdShape(TypedDict):
    label: Words
    need: int
    have: int
    met: bool


class HealthShape(TypedDict):
    state: Literal["ok", "degraded", "down"]
    text: Words
    seats_online: int
    seats_offline: list[str]
    clones: list[str]
    broker: bool
    store: bool
    last_commit_ms: int


class MemberShape(TypedDict):
    id: str
    name: str
    delegation: str
    seat: NotRequired[str]
    present: bool
    phone: NotRequired[str]
    mobile: NotRequired[bool]


class IncidentShape(TypedDict):
    number: int
    kind: str
    text: Words
    place: str
    member: NotRequired[str]
    name: NotRequired[str]
    t: str
    seen_by: NotRequired[str]


class OwnBallot(TypedDict):
    choice: str
    t: str
    seq: int
    code: str
    seat: NotRequired[str]
    show_choice_ms: NotRequired[int]


class OwnRecord(TypedDict):
    """One ballot of the member's as the log holds it; the choice of the one that counts only."""

    ballot: str
    t: str
    seq: int
    code: str
    counts: bool
    choice: NotRequired[ChoiceShape]
    seat: NotRequired[str]


class OwnVote(TypedDict):
    """What the log holds in the member's name of one vote."""

    id: str
    heading: Words
    item: Words
    title: Words
    option: NotRequired[Words]
    round: int
    phase: Phase
    closed: bool
    ballots: list[OwnRecord]


class MeShape(TypedDict):
    member: str
    name: str
    seat: NotRequired[str]
    session: bool
    mobile: bool
    ballot: NotRequired[OwnBallot]
    request: Literal["none", "speech", "debate"]
    speaking: bool


class LogShape(TypedDict):
    size: int
    root: str
    checkpoint: str
    vkey: str


class AuditedVote(TypedDict):
    id: str
    heading: Words
    item: Words
    title: Words
    option: NotRequired[Words]
    choices: list[ChoiceShape]
    round: int
    phase: Phase
    result: NotRequired[ResultShape]


class ViewShape(TypedDict):
    role: Literal["public", "member", "officer", "auditor"]
    hall: HallShape
    sitting: NotRequired[SittingShape]
    vote: NotRequired[VoteShape]
    floor: FloorShape
    notice: NotRequired[Words]
    programme: NotRequired[list[ProgrammeItem]]
    next: NotRequired[ActShape]
    acts: NotRequired[list[ActShape]]
    requests: NotRequired[list[RequestShape]]
    two_people: NotRequired[list[str]]
    say: NotRequired[Words]
    thresholds: NotRequired[list[ThresholdShape]]
    health: NotRequired[HealthShape]
    members: NotRequired[list[MemberShape]]
    incidents: NotRequired[list[IncidentShape]]
    me: NotRequired[MeShape]
    log: NotRequired[LogShape]
    votes: NotRequired[list[AuditedVote]]
