"""What the hall notes, and what it can't be made to: nobody fills the log by trying again."""

from pathlib import Path

from audit.errors import Untrusted
from hall_controller.incidents import HALL, MOBILE
from simulators.bus import SimulatedBus
from tests.hall_on_bus import HallOnBus, on_simulated, until
from voting import commands as c
from voting.errors import NotSignedIn, SessionMismatch, WrongSeat
from voting.ids import MemberId, OfficerId
from voting.refusals import VoteTimeUp


async def test_the_same_is_noted_once_and_a_name_that_nobody_signed_is_not_believed(tmp_path: Path) -> None:
    async with HallOnBus(tmp_path, on_simulated(SimulatedBus()), network=2) as here:
        assert here.controller is not None
        incidents, known = here.controller.intake.incidents, here.hall.meeting.incidents
        incidents.note("key_without_card", "001")
        assert not known, "no sitting, nothing to note it in"
        await here.open_sitting()
        for member in ("m001", "m002", "nobody"):
            incidents.refused(NotSignedIn(), "001", MemberId(member))
        incidents.refused(SessionMismatch(), "001", MemberId("m002"))
        incidents.refused(SessionMismatch(), MOBILE, MemberId("nobody"))
        incidents.refused(WrongSeat(here="001", own="002"), "001", MemberId("m002"))
        incidents.refused(VoteTimeUp(), "001", MemberId("m002"))
        incidents.card_untrusted(Untrusted("crl_expired", "x"), "001")
        incidents.card_untrusted(Untrusted("crl_expired", "x"), "002")
        incidents.card_untrusted(Untrusted("revoked", "x"), "002")
        incidents.dropped("bad_signature", "console-001")
        for reason in ("malformed", "not_new", "unknown_bridge"):
            incidents.dropped(reason, "anybody")
        wanted = [
            ("ballot_untrue", "001", "m001"),
            ("ballot_of_another", "001", "m002"),
            ("ballot_of_another", MOBILE, None),
            ("wrong_seat", "001", "m002"),
            ("lists_over", HALL, None),
            ("card_refused", "002", None),
            ("bus_forged", "console-001", None),
        ]
        await until(lambda: len(here.hall.meeting.incidents) == len(wanted))
        noted = sorted(here.hall.meeting.incidents.values(), key=lambda one: one.number)
        assert [(one.kind, one.place, one.member) for one in noted] == wanted
        before = here.hall.head.size
        await here.act(c.AcknowledgeIncident(1, OfficerId("thu-ky")))
        assert here.hall.head.size == before + 1
