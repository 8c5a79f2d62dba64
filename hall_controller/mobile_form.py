"""What a member's phone is to sign: the ballot form with its session's part filled in. Pure."""

from collections.abc import Mapping

from audit import statement
from voting import ballot
from voting.division import Phase
from voting.errors import NotSignedIn
from voting.ids import MemberId
from voting.meeting import Meeting
from voting.mobile import check_phone
from voting.refusals import VoteNotOpen
from voting.wording import PHASES


def mobile_form(meeting: Meeting, member: MemberId, key_id: str, log: str) -> Mapping[str, object]:
    """As docs/specs/feed.md gives `GET /api/form`. Raises Refused: no sitting, no session, no open vote,
    and MobileNotOpened."""
    sitting = meeting.open_sitting()
    session = meeting.attendance.session_of(member, "mobile")
    if session is None or session.key != key_id:
        raise NotSignedIn()
    vote = meeting.current
    if vote is None or vote.phase is not Phase.OPEN:
        words = PHASES[Phase.ANNOUNCED.value if vote is None else vote.phase.value]
        raise VoteNotOpen(vote="–" if vote is None else vote.id, phase=words["en"], phase_vi=words["vi"])
    check_phone(sitting, meeting.attendance, member)
    last = vote.ballots.get(member)
    form = {
        **ballot.form(meeting, vote.id, log)["form"],
        "member": member,
        "seat": None,
        "device": key_id,
        "rev": 1 if last is None else last.rev + 1,
        "prev": None if last is None else last.ballot,
    }
    header = {"alg": "ES256", "typ": statement.BALLOT, "kid": key_id, "sk": session.id}
    return {"header": header, "form": form, "choices": list(vote.kind.choice_ids)}
