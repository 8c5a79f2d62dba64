"""What each role sees in each phase of a vote, on the real rules."""

import json
from pathlib import Path

import pytest

from display.moment import Moment
from display.seals import Seals
from display.views import me, view
from tests.display.simulated_hall import SimulatedHall, planned
from tests.display.stages import PHASES, acts, closed, convened, declared, held, moment, opened, seen
from voting import commands as c

ROLES = ("public", "member", "officer", "auditor")
GOLDEN = Path(__file__).parent / "golden"
HASHES = {"jws", "checkpoint", "code", "root", "vkey", "keys"}


def masked(shown):
    """Hashes and signatures stand for themselves: they change with every word of the rule book."""
    if isinstance(shown, dict):
        return {name: "…" if name in HASHES else masked(value) for name, value in shown.items()}
    return [masked(one) for one in shown] if isinstance(shown, list) else shown


@pytest.mark.parametrize("arrive", PHASES, ids=lambda one: one.__name__)
def test_the_views_are_the_golden_ones(hall, arrive):
    """Written anew by deleting the file and running once; then read the difference before you keep it."""
    arrive(hall)
    shown = {role: masked(seen(hall, role)) for role in ROLES}
    shown["me"] = masked(me(hall.members()[1], moment(hall)))
    text = json.dumps(shown, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    file = GOLDEN / f"{arrive.__name__}.json"
    if not file.exists():
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
        pytest.fail(f"{file.name} was written: read it, then keep it")
    assert text == file.read_text("utf-8")


def test_nobody_sits_nothing_is_shown_but_the_hall(hall):
    shown = seen(hall)
    assert set(shown) == {"role", "hall", "floor"}
    assert seen(hall, "officer")["next"] == {
        "act": "open_sitting", "label": {"vi": "KHAI MẠC PHIÊN HỌP", "en": "OPEN THE SITTING"}, "key": "F9"
    }  # fmt: skip


def test_the_wall_of_an_open_vote(hall):
    opened(hall)
    vote = seen(hall)["vote"]
    assert vote["state"]["vi"] == "ĐANG BIỂU QUYẾT"
    assert (vote["members"], vote["present"], vote["shown"], vote["recorded"]) == (12, 10, 9, 4)
    assert vote["seats"] == "****oooooo--"
    assert vote["deadline"] == "2019-06-03T07:00:30.000Z"
    assert "result" not in vote
    assert "running" not in vote
    assert [one["mark"] for one in vote["choices"]] == ["check", "cross", "square"]


def test_a_deadline_that_is_reached_stands_still(hall):
    opened(hall)
    hall.forward(seconds=31)
    assert seen(hall)["vote"]["deadline"] == "2019-06-03T07:00:30.000Z"


def test_a_held_vote_shows_what_is_left_and_no_deadline(hall):
    held(hall)
    vote = seen(hall)["vote"]
    assert vote["remaining_ms"] == 18000
    assert "deadline" not in vote


def test_the_result_reaches_the_officer_first_and_the_public_after_the_declaration(hall):
    closed(hall)
    assert "result" not in seen(hall)["vote"]
    assert "result" not in seen(hall, "member")["vote"]
    assert seen(hall)["vote"]["state"]["vi"] == "ĐÃ KẾT THÚC – CHỜ CÔNG BỐ"
    assert seen(hall, "officer")["vote"]["result"]["outcome"] == "adopted"
    assert seen(hall, "auditor")["votes"][0]["result"]["outcome"] == "adopted"
    hall.declare()
    result = seen(hall)["vote"]["result"]
    assert result["counts"] == {"approve": 9, "reject": 1, "not_voting": 0}
    assert result["percent"]["approve"]["text"] == {"vi": "75,00%", "en": "75.00%"}
    assert result["threshold"] == {"need": 7, "of": 12, "counted": "approve"}
    assert result["verdict"]["vi"] == "ĐƯỢC QUÁ NỬA TÁN THÀNH"
    assert result["heading"]["vi"] == "KẾT QUẢ LẤY Ý KIẾN"
    assert seen(hall)["vote"]["heading"]["vi"] == "LẤY Ý KIẾN"


def test_the_whole_is_named_in_the_chambers_words(hall):
    declared(hall)
    assert seen(hall)["vote"]["result"]["roll_label"] == {
        "vi": "Tổng số đại biểu Quốc hội",
        "en": "All members of the National Assembly",
    }


def test_an_old_result_does_not_come_back_to_the_wall_after_a_speech(hall):
    declared(hall)
    speaker = hall.members()[0]
    hall.forward(minutes=1)
    hall.do(c.RequestFloor(speaker, "speech"))
    assert "result" in seen(hall)["vote"], "to ask is not to speak"
    hall.do(c.GiveFloor(speaker, "secretary-1"))
    hall.forward(minutes=2)
    hall.do(c.EndSpeech("secretary-1"))
    assert "vote" not in seen(hall)
    for role in ("member", "officer", "auditor"):
        assert "result" in seen(hall, role)["vote"], "who votes or answers for it keeps it"
    again = hall.planned[0]
    question = c.Question(again.kind, again.title, again.item, again.option)
    hall.do(c.AnnounceVote("pm.1.r2", question, "secretary-1", again.vote, "Chưa nghe rõ", "Chủ tọa"))
    assert seen(hall)["vote"]["phase"] == "announced"


def test_a_result_declared_during_a_speech_is_shown_after_it(hall):
    closed(hall)
    speaker = hall.members()[0]
    hall.do(c.RequestFloor(speaker, "speech"))
    hall.do(c.GiveFloor(speaker, "secretary-1"))
    hall.forward(minutes=2)
    hall.declare()
    hall.do(c.EndSpeech("secretary-1"))
    assert "result" in seen(hall)["vote"]


def test_the_code_looks_up_the_signed_result_and_the_qr_holds_a_checkpoint(hall):
    declared(hall)
    result = seen(hall)["vote"]["result"]
    assert result["jws"] == hall.result_jws(hall.planned[0].vote)
    assert len(result["code"]) == 9
    assert result["code"][4] == " "
    assert result["checkpoint"] == hall.head.checkpoint


def test_the_qr_of_a_result_stays_the_same_while_the_log_goes_on(hall):
    declared(hall)
    seals = Seals()
    first = view("public", Moment.of(hall, hall.now, seals.seal))["vote"]["result"]["checkpoint"]
    hall.do(c.RequestFloor(hall.members()[0], "speech"))
    assert hall.head.checkpoint != first
    assert view("public", Moment.of(hall, hall.now, seals.seal))["vote"]["result"]["checkpoint"] == first


def test_a_secret_vote_shows_no_seats():
    hall = SimulatedHall(programme=(planned(1, kind="election"),))
    hall.convene()
    hall.announce()
    hall.open()
    vote = seen(hall, "officer")["vote"]
    assert vote["secret"]
    assert "seats" not in vote
    assert vote["state"]["vi"] == "ĐANG BỎ PHIẾU KÍN"
    assert "hand_count" in acts(seen(hall, "officer"))


def test_a_member_sees_the_own_ballot_and_its_code(hall):
    opened(hall)
    one = hall.members()[1]
    shown = me(one, moment(hall))
    ballot = hall.meeting.current.ballots[one].ballot
    assert shown["ballot"] == {
        "choice": "approve", "t": "2019-06-03T07:00:00.000Z", "seq": hall.recorded(ballot).seq,
        "code": ballot[:4].upper(), "seat": "002", "show_choice_ms": 3000,
    }  # fmt: skip
    assert shown["session"] is False, "the session is the seat's, not a phone's"
    assert "ballot" not in me(hall.members()[8], moment(hall))


def test_who_is_not_on_the_roll_has_no_own_part(hall):
    assert me("m001", moment(hall)) == {}
    convened(hall)
    assert me("nobody", moment(hall)) == {}


def test_a_store_that_fails_is_said_to_everybody(hall):
    convened(hall)
    hall.troubled(store=False, state="down")
    assert "bù lại" in seen(hall)["notice"]["vi"]
    assert "chưa được ghi nhận" in seen(hall, "officer")["health"]["text"]["vi"]
