"""What each role sees in each phase of a vote, on the real rules."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import TypeAdapter

from display.moment import Moment
from display.seals import Seals
from display.shapes import ViewShape
from display.views import me, view
from tests.display.simulated_hall import SimulatedHall, planned
from voting import commands as c

ROLES = ("public", "member", "officer", "auditor")
GOLDEN = Path(__file__).parent / "golden"
HASHES = {"jws", "checkpoint", "code", "root", "vkey", "keys"}
SHAPE = TypeAdapter(ViewShape)


@pytest.fixture
def hall():
    """The key is fixed, so that signatures are the same in every run."""
    return SimulatedHall(key=Ed25519PrivateKey.from_private_bytes(b"\7" * 32))


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


def test_a_restarted_hall_shows_no_countdown_and_offers_to_let_it_run_on(hall):
    opened(hall)
    hall.do(c.NoteInterruption(hall.now, "restart"))
    shown = seen(hall, "officer")
    assert "deadline" not in shown["vote"]
    assert acts(shown)["resume"]["label"]["vi"] == "Cho đồng hồ chạy tiếp"


def test_closing_the_vote_is_asked_with_its_figures_and_confirmed_with_another_key(hall):
    opened(hall)
    step = seen(hall, "officer")["next"]
    assert step["act"] == "close"
    assert step["confirm"]["vi"] == (
        "Kết thúc biểu quyết? Đã ghi nhận 4 đại biểu; 6 đại biểu có mặt chưa biểu quyết, "
        "sẽ không tính là tham gia."
    )
    assert step["key"] != step["confirm_key"]


def test_keys_are_given_once_and_never_the_one_that_confirms(hall):
    for arrive in PHASES[:-1]:
        one = SimulatedHall()
        arrive(one)
        shown = seen(one, "officer")
        offered = [*shown["acts"], *([shown["next"]] if "next" in shown else [])]
        keys = [act["key"] for act in offered if "key" in act]
        assert len(keys) == len(set(keys)), arrive.__name__
        assert not set(keys) & {act.get("confirm_key") for act in offered}
        assert not set(keys) & {"F1", "F5", "F10", "F11", "F12"}


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
    assert seen(hall)["vote"]["heading"]["vi"] == "KẾT QUẢ LẤY Ý KIẾN"


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


def test_suspect_seats_are_named_before_the_declaration(hall):
    closed(hall)
    hall.troubled(suspect=("005",))
    step = seen(hall, "officer")["next"]
    assert step["act"] == "declare"
    assert "ghế 005" in step["confirm"]["vi"]


def test_only_the_officer_sees_which_seats_have_trouble(hall):
    announced(hall)
    hall.troubled(seats_offline=("011", "002"), suspect=("003",))
    assert seen(hall, "officer")["vote"]["seats"] == "ox?ooooooox-"
    assert seen(hall)["vote"]["seats"] == "oooooooooo--"


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


def test_a_planned_repetition_is_announced_with_its_reason(hall):
    hall = SimulatedHall(programme=(planned(1), planned(2, supersedes="pm.1"), planned(3)))
    declared(hall)
    step = seen(hall, "officer")["next"]
    assert (step["act"], step["vote"], step["needs"]) == ("announce", "pm.2", ["reason", "ordered_by"])
    assert step["confirm"]["vi"].startswith("Biểu quyết lại?")


def test_the_programme_keeps_what_was_superseded(hall):
    repeated(hall)
    (item,) = seen(hall, "officer")["programme"]
    assert [(one["id"], one["phase"]) for one in item["votes"]] == [
        ("pm.1", "superseded"), ("pm.2", "planned"), ("pm.1.r2", "announced")
    ]  # fmt: skip
    assert item["votes"][2]["supersedes"] == "pm.1"
    assert seen(hall)["vote"]["state"]["vi"] == "BIỂU QUYẾT LẠI (LẦN 2)"


def test_the_officer_sees_the_thresholds_of_the_rule_book(hall):
    convened(hall)
    assert seen(hall, "officer")["thresholds"] == [
        {"label": {"vi": "quá nửa", "en": "more than half"}, "need": 7, "have": 10, "met": True},
        {"label": {"vi": "2/3", "en": "2/3"}, "need": 8, "have": 10, "met": True},
    ]


def test_the_queue_the_speaker_and_the_next_one_to_be_called(hall):
    convened(hall)
    one, two = hall.members()[:2]
    hall.do(c.RequestFloor(one, "speech"))
    hall.do(c.RequestFloor(two, "speech"))
    shown = seen(hall, "officer")
    call = acts(shown)["give_floor"]
    assert (call["member"], call["key"]) == (one, "F6")
    assert call["label"]["vi"] == "Mời đại biểu tiếp theo: Đại biểu 1"
    hall.do(c.GiveFloor(one, "secretary-1"))
    floor = seen(hall)["floor"]
    assert floor["speaker"]["since"] == "2019-06-03T07:00:00.000Z"
    assert floor["speaker"]["limit_s"] == 420
    assert [waiting["member"] for waiting in floor["queue"]] == [two]
    assert acts(seen(hall, "officer"))["end_speech"]["key"] == "F7"


def test_the_chair_reads_out_the_signed_figures(hall):
    closed(hall)
    assert seen(hall, "officer")["say"]["vi"] == (
        "Kết quả: 10 đại biểu tham gia biểu quyết (83,33%); 9 đại biểu tán thành (75,00%); "
        "1 đại biểu không tán thành (8,33%); 0 đại biểu không biểu quyết (0,00%). ĐƯỢC QUÁ NỬA TÁN THÀNH."
    )


def test_a_member_sees_the_own_ballot_and_its_code(hall):
    opened(hall)
    one = hall.members()[1]
    shown = me(one, moment(hall))
    ballot = hall.meeting.current.ballots[one].ballot
    assert shown["ballot"] == {
        "choice": "approve", "t": "2019-06-03T07:00:00.000Z", "seq": hall.recorded(ballot).seq,
        "code": ballot[:4].upper(),
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


def test_health_says_what_is_wrong_in_one_line(hall):
    convened(hall)
    assert seen(hall, "officer")["health"]["text"]["vi"] == "Hệ thống: bình thường"
    hall.troubled(state="degraded", seats_offline=("087", "088"), clones=("003",), broker=False)
    assert seen(hall, "officer")["health"]["text"]["vi"] == (
        "Hệ thống: mất kết nối với các dãy ghế, 2 ghế mất kết nối, 1 ghế trùng địa chỉ"
    )
