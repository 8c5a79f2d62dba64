"""What the officer is offered, asked, and told in each phase of a vote."""

import pytest

from audit import fingerprint
from display.rights import ACTS
from tests.display.simulated_hall import CASTING_BOOK, SimulatedHall, planned, thumbprint_of
from tests.display.stages import (
    PHASES,
    acts,
    announced,
    closed,
    convened,
    declared,
    opened,
    repeated,
    seen,
    voted,
)  # fmt: skip
from voting import commands as c
from voting.seat_units import SeatSeen

PHONE = thumbprint_of("a phone")


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


def test_suspect_seats_are_named_before_the_declaration(hall):
    hall.seen = {"005": SeatSeen(shown=0, pressed=5000)}
    closed(hall)
    shown = seen(hall, "officer")
    assert shown["next"]["act"] == "declare"
    assert "ghế 005" in shown["next"]["confirm"]["vi"]
    (suspect,) = shown["vote"]["suspects"]
    assert (suspect["seat"], suspect["name"]) == ("005", "Đại biểu 5")
    assert suspect["why"]["en"] == "recorded, the lamp never lit"
    assert (
        shown["vote"]["advice"]["vi"] == "Chênh lệch 3 phiếu, 1 ghế nghi vấn: không làm thay đổi kết quả."
    )
    for role in ("public", "auditor"):
        assert {"suspects", "advice"}.isdisjoint(seen(hall, role)["vote"])
    hall.declare()
    assert "advice" not in seen(hall, "officer")["vote"]


def test_a_re_vote_is_recommended_where_the_suspect_seats_could_have_decided(hall):
    hall.seen = {"007": SeatSeen(shown=0, pressed=5000)}
    opened(hall)
    for member in hall.members()[4:6]:
        hall.press(member, "approve")
    hall.press(hall.members()[6], "approve")
    hall.press(hall.members()[7], "approve")
    hall.close()
    shown = seen(hall, "officer")["vote"]
    assert shown["advice"]["vi"] == "Chênh lệch 1 phiếu, 1 ghế nghi vấn: nên biểu quyết lại."
    assert shown["seats"] == "******?*oo--"


def test_that_there_are_no_suspect_seats_is_said(hall):
    closed(hall)
    shown = seen(hall, "officer")
    assert (shown["vote"]["suspects"], shown["vote"]["advice"]["en"]) == ([], "No suspect seats.")
    assert "ghế" not in shown["next"]["confirm"]["vi"]


def test_only_the_officer_sees_which_seats_have_trouble(hall):
    announced(hall)
    hall.troubled(seats_offline=("011", "002"))
    assert seen(hall, "officer")["vote"]["seats"] == "oxoooooooox-"
    assert seen(hall)["vote"]["seats"] == "oooooooooo--"


def test_a_planned_repetition_is_announced_with_its_reason(hall):
    hall = SimulatedHall(programme=(planned(1), planned(2, supersedes="pm.1"), planned(3)))
    declared(hall)
    step = seen(hall, "officer")["next"]
    assert (step["act"], step["vote"], step["needs"]) == ("announce", "pm.2", ["reason", "ordered_by"])
    assert step["confirm"]["vi"].startswith("Biểu quyết lại?")


def test_an_earlier_vote_may_still_be_declared_or_put_again(hall):
    closed(hall)
    hall.announce(2)
    assert [one["act"] for one in seen(hall, "officer")["acts"]] == [
        "open",
        "cancel",
        "mark_presence",
        "open_mobile",
        "call_roll",
    ]
    hall.do(c.CancelVote("pm.2", "Sai nội dung", "secretary-1"))
    earlier = [one for one in seen(hall, "officer")["acts"] if one.get("vote") == "pm.1"]
    assert [one["act"] for one in earlier] == ["declare", "revote"]
    assert not any("key" in one for one in earlier)
    hall.do(c.DeclareVote("pm.1", "secretary-1"))
    assert hall.meeting.votes["pm.1"].declared_at


def test_adjourning_names_what_was_not_declared_and_it_may_be_declared_afterwards(hall):
    closed(hall)
    adjourn = acts(seen(hall, "officer"))["adjourn"]
    assert "Chưa công bố kết quả: Khoản 8 Điều 5 · Phương án 1." in adjourn["confirm"]["vi"]
    hall.do(c.AdjournSitting("secretary-1"))
    (left,) = seen(hall, "officer")["acts"]
    assert (left["act"], left["vote"]) == ("declare", "pm.1")
    assert "key" not in left
    hall.do(c.DeclareVote("pm.1", "secretary-1"))
    assert seen(hall, "officer")["acts"] == []


def test_hands_may_be_entered_where_a_vote_closed_without_a_press(hall):
    announced(hall)
    hall.do(c.OpenVote("pm.1", "challenge", "secretary-1", 30))
    hall.do(c.CloseVote("pm.1", "secretary-1"))
    hall.end_closing()
    shown = seen(hall, "officer")
    assert hall.meeting.votes["pm.1"].result.participated == 0
    assert shown["next"]["act"] == "declare"
    assert "hand_count" in acts(shown)


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
        "1 đại biểu không tán thành (8,33%). ĐƯỢC QUÁ NỬA TÁN THÀNH."
    )
    assert seen(hall, "officer")["say"]["en"] == (
        "The result: took part: 10 (83.33%); in favour: 9 (75.00%); against: 1 (8.33%). "
        "APPROVED BY MORE THAN HALF."
    )


def test_health_says_what_is_wrong_in_one_line(hall):
    convened(hall)
    assert seen(hall, "officer")["health"]["text"]["vi"] == "bình thường"
    hall.troubled(state="degraded", seats_offline=("087", "088"), clones=("003",), broker=False)
    assert seen(hall, "officer")["health"]["text"]["vi"] == (
        "mất kết nối với các dãy ghế, 2 ghế mất kết nối, 1 ghế trùng địa chỉ"
    )


def test_health_says_that_the_clock_is_off(hall):
    convened(hall)
    hall.troubled(state="degraded", clock=False)
    assert "đồng hồ máy chủ sai lệch" in seen(hall, "officer")["health"]["text"]["vi"]
    assert "clock is off" in seen(hall, "officer")["health"]["text"]["en"]


@pytest.mark.parametrize(
    ("lists", "said"),
    [("refused", "vẫn dùng bản trước"), ("over", "danh sách thẻ thu hồi đã quá hạn")],
)
def test_health_says_what_is_wrong_with_the_lists_of_revoked_cards(hall, lists, said):
    convened(hall)
    hall.troubled(state="degraded", lists=lists)
    assert said in seen(hall, "officer")["health"]["text"]["vi"]


def test_every_act_of_the_table_has_its_place_on_the_console():
    """An act that only the interface knows is one that no officer finds when it is needed."""
    offered: set[str | None] = set()
    for arrive in PHASES:
        hall = SimulatedHall(book=CASTING_BOOK)
        arrive(hall)
        if hall.meeting.sitting is not None:
            hall.sign_in("m002", "mobile", PHONE)
            hall.do(c.RequestFloor("m001", "speech"))
            hall.do(c.RequestFloor("m002", "speech"))
            hall.do(c.GiveFloor("m001", "secretary-1"))
            hall.do(c.NoteIncident("key_without_card", "001", None))
            hall.open_mobile("m002")
        shown = seen(hall, "officer")
        offered |= {one["act"] for one in [*shown["acts"], shown.get("next", {"act": None})]}
    hall = SimulatedHall(book=CASTING_BOOK)
    announced(hall)
    hall.open()
    offered |= set(acts(seen(hall, "officer")))
    voted(hall, 1, 1, 0)
    hall.close()
    offered.add(seen(hall, "officer")["next"]["act"])
    assert offered >= ACTS


def test_a_bound_phone_stands_in_its_members_row_and_can_be_ended(hall):
    convened(hall)
    assert "end_phone" not in acts(seen(hall, "officer"))
    hall.sign_in("m003", "mobile", PHONE)
    shown = seen(hall, "officer")
    assert {one["id"]: one["phone"] for one in shown["members"] if "phone" in one} == {
        "m003": fingerprint.digits(PHONE)
    }
    end = acts(shown)["end_phone"]
    assert end["needs"] == ["member"]
    assert all("{member}" in text for text in end["confirm"].values())
    assert all("phone" not in member for member in seen(hall).get("members", []))
    hall.do(c.SignOut(hall.meeting.attendance.session_of("m003", "mobile").id, "phone_lost"))
    assert all("phone" not in member for member in seen(hall, "officer")["members"])


def test_who_may_vote_by_phone_stands_in_the_row_and_the_chamber_says_whether_anybody_may(hall):
    convened(hall)
    assert acts(seen(hall, "officer"))["open_mobile"]["needs"] == ["members", "reason"]
    assert "close_mobile" not in acts(seen(hall, "officer"))
    hall.open_mobile("m003")
    shown = seen(hall, "officer")
    assert [one["id"] for one in shown["members"] if one.get("mobile")] == ["m003"]
    assert "phiếu đã ghi nhận vẫn được tính" in acts(shown)["close_mobile"]["confirm"]["vi"]


def test_a_chamber_without_it_is_not_offered_it():
    text = CASTING_BOOK.replace("remote = true", "remote = false")
    hall = SimulatedHall(book=text)
    convened(hall)
    assert "open_mobile" not in acts(seen(hall, "officer"))
