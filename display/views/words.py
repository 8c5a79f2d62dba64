"""The officer's words: labels of acts, what is asked before one that can't be undone, what the chair says.

The chamber's own words come from its rule book, the sentences of a result from `voting.wording`.
"""

from collections.abc import Mapping, Sequence

from display.moment import Moment
from display.ports import Health
from display.shapes import ActShape, Words
from display.views import suspects
from display.views.people import words
from voting import wording
from voting.commands import Text
from voting.division import Division, Phase

LABELS: dict[str, Words] = {
    "open_sitting": {"vi": "KHAI MẠC PHIÊN HỌP", "en": "OPEN THE SITTING"},
    "adjourn": {"vi": "Bế mạc phiên họp", "en": "Adjourn the sitting"},
    "announce": {"vi": "CHUẨN BỊ BIỂU QUYẾT", "en": "PREPARE THE VOTE"},
    "open": {"vi": "BẮT ĐẦU BIỂU QUYẾT", "en": "OPEN THE VOTE"},
    "hold": {"vi": "Tạm dừng", "en": "Hold"},
    "resume": {"vi": "TIẾP TỤC BIỂU QUYẾT", "en": "RESUME THE VOTE"},
    "extend": {"vi": "Thêm thời gian", "en": "More time"},
    "close": {"vi": "KẾT THÚC BIỂU QUYẾT", "en": "CLOSE THE VOTE"},
    "declare": {"vi": "CÔNG BỐ KẾT QUẢ", "en": "DECLARE THE RESULT"},
    "cancel": {"vi": "Hủy…", "en": "Cancel…"},
    "revote": {"vi": "Biểu quyết lại…", "en": "Vote again…"},
    "casting_vote": {"vi": "Lá phiếu quyết định của Chủ tọa…", "en": "The chair's casting vote…"},
    "hand_count": {"vi": "Nhập số đếm tay…", "en": "Enter a hand count…"},
    "mark_presence": {"vi": "Ghi có mặt, vắng mặt…", "en": "Mark presence…"},
    "end_phone": {"vi": "Ngắt điện thoại", "en": "End the phone"},
    "give_floor": {"vi": "Mời phát biểu…", "en": "Give the floor…"},
    "end_speech": {"vi": "Tắt micro", "en": "End the speech"},
    "withdraw_request": {"vi": "Rút đăng ký phát biểu…", "en": "Withdraw a request…"},
    "open_mobile": {"vi": "Mở biểu quyết từ xa", "en": "Open voting by phone"},
    "close_mobile": {"vi": "Đóng biểu quyết từ xa", "en": "Close voting by phone"},
    "call_roll": {"vi": "Điểm danh lại…", "en": "Call a new roll…"},
    "acknowledge": {"vi": "Đã xem", "en": "Seen"},
}
ANNOUNCE_AGAIN: Words = {"vi": "CHUẨN BỊ BIỂU QUYẾT LẠI", "en": "PREPARE THE RE-VOTE"}
OPEN_FOR: Words = {"vi": "Bắt đầu với thời gian khác…", "en": "Open for another time…"}
RESUME_COUNTDOWN: Words = {"vi": "Cho đồng hồ chạy tiếp", "en": "Let the clock run on"}
"""After a restart an open vote's clock stands still until an officer says so."""


def state(division: Division, *, tied: bool) -> Words:
    """The wall's state line; that the vote is tied is said only to whoever may see the result."""
    if tied and division.phase is Phase.CLOSED:
        return {"vi": "SỐ PHIẾU NGANG NHAU", "en": "TIED"}
    return words(wording.state(division.phase.value, division.round, division.kind.secret))


def question_name(title: Text, option: Text | None) -> Words:
    """ "Khoản 8 Điều 5 · Phương án 2"."""
    shown = words(title)
    if option is None:
        return shown
    more = words(option)
    return {"vi": f"{shown['vi']} · {more['vi']}", "en": f"{shown['en']} · {more['en']}"}


def next_speaker(name: str) -> Words:
    return {"vi": f"Mời đại biểu tiếp theo: {name}", "en": f"Next speaker: {name}"}


def confirm_close(moment: Moment, division: Division) -> Words:
    recorded = division.recorded_members
    present, sitting = moment.meeting.attendance.present, moment.meeting.sitting_of(division)
    people = sitting.members
    missing = sum(1 for one in people if one in present and one not in division.ballots)
    if not missing:
        return {
            "vi": f"Kết thúc biểu quyết? Đã ghi nhận {recorded} đại biểu; "
            "mọi đại biểu có mặt đã biểu quyết.",
            "en": f"Close the vote? Recorded: {recorded}; everybody present has voted.",
        }
    return {
        "vi": f"Kết thúc biểu quyết? Đã ghi nhận {recorded} đại biểu; "
        f"{missing} đại biểu có mặt chưa biểu quyết, sẽ không tính là tham gia.",
        "en": f"Close the vote? Recorded: {recorded}; present without a vote: {missing}, "
        "who will not count as taking part.",
    }


def confirm_declare(moment: Moment, division: Division) -> Words:
    """The verdict once more, and the seats to look at first: afterwards only a re-vote helps."""
    assert division.result is not None
    verdict = words(wording.verdict(division.kind, division.result))
    vi, en = f"Công bố kết quả: {verdict['vi']}?", f"Declare the result: {verdict['en']}?"
    found = suspects.advice(division, moment.meeting.sitting_of(division))
    if found is not None and found.suspects:
        seats, advised = ", ".join(one.seat for one in found.suspects), suspects.said(found)
        vi += f" Cần xem lại trước khi công bố: ghế {seats}. {advised['vi']}"
        en += f" Look at these seats first: {seats}. {advised['en']}"
    return {"vi": vi, "en": en}


CONFIRM_CANCEL: Words = {
    "vi": "Hủy lần biểu quyết này? Các phiếu đã ghi nhận vẫn ở trong nhật ký nhưng không được tính.",
    "en": "Cancel this vote? Ballots already recorded stay in the log but will not be counted.",
}
CONFIRM_REVOTE: Words = {
    "vi": "Biểu quyết lại? Lần biểu quyết trước vẫn ở trong nhật ký và được ghi là đã thay thế.",
    "en": "Vote again? The earlier vote stays in the log, marked as superseded.",
}
CONFIRM_CLOSE_MOBILE: Words = {
    "vi": "Đóng biểu quyết từ xa? Từ bây giờ phiếu trên điện thoại của các đại biểu này không được "
    "ghi nhận; phiếu đã ghi nhận vẫn được tính.",
    "en": "Close voting by phone? From now on ballots from these members' phones are not recorded; "
    "ballots already recorded count.",
}
CONFIRM_END_PHONE: Words = {
    "vi": "Ngắt điện thoại của đại biểu {member}? Điện thoại này không biểu quyết được nữa cho đến khi "
    "được gắn lại; phiếu đã ghi nhận vẫn được tính, đại biểu vẫn có mặt và biểu quyết được tại ghế.",
    "en": "End the phone of {member}? It can't vote any more until it is bound again; "
    "ballots already recorded count, and the member stays present and can vote at the seat.",
}
"""The page puts the name of the member in whose row it was asked."""
CONFIRM_ROLL: Words = {
    "vi": "Điểm danh lại? Mọi ghế tạm nghỉ cho đến khi đại biểu nhập lại mã PIN của thẻ; "
    "chỉ ai nhập lại mới được tính là có mặt.",
    "en": "Call a new roll? Every seat sleeps until its member types the card's PIN again; "
    "only who does is counted as present.",
}
CONFIRM_CASTING: Words = {
    "vi": "Ghi lá phiếu quyết định của Chủ tọa? Sau đó không đổi được.",
    "en": "Record the chair's casting vote? It can't be changed afterwards.",
}


def confirm_adjourn(left: int, undeclared: Sequence[Words] = ()) -> Words:
    """What is left over: planned questions that were not put, and results that nobody has declared."""
    vi, en = "Bế mạc phiên họp?", "Adjourn the sitting?"
    if left:
        vi += f" Còn {left} nội dung trong chương trình chưa biểu quyết."
        en += f" Questions of the programme not yet put to the vote: {left}."
    if undeclared:
        vi += f" Chưa công bố kết quả: {'; '.join(one['vi'] for one in undeclared)}."
        en += f" Results not yet declared: {'; '.join(one['en'] for one in undeclared)}."
    return {"vi": vi, "en": en}


LISTS: Mapping[str, Words] = {
    "refused": {
        "vi": "danh sách thẻ thu hồi mới có lỗi, vẫn dùng bản trước",
        "en": "the new list of revoked cards is faulty, the former one holds",
    },
    "over": {
        "vi": "danh sách thẻ thu hồi đã quá hạn, chưa ai đăng nhập được",
        "en": "the list of revoked cards is out of date, nobody can sign in",
    },
}


def health_text(health: Health) -> Words:
    """After "Hệ thống:", in one line: what is wrong, and what it means for the vote."""
    if not health.store:
        return {
            "vi": "chưa ghi được vào nhật ký, phiếu chưa được ghi nhận",
            "en": "the log can't be written, ballots are not being recorded",
        }
    vi, en = [], []
    if not health.broker:
        vi.append("mất kết nối với các dãy ghế")
        en.append("no connection to the rows of seats")
    if health.seats_offline:
        vi.append(f"{len(health.seats_offline)} ghế mất kết nối")
        en.append(f"{len(health.seats_offline)} seats offline")
    if health.clones:
        vi.append(f"{len(health.clones)} ghế trùng địa chỉ")
        en.append(f"{len(health.clones)} seats with a double address")
    if not health.clock:
        vi.append("đồng hồ máy chủ sai lệch, thời gian biểu quyết không bị ảnh hưởng")
        en.append("the server's clock is off, votes keep their time")
    if health.lists != "ok":
        vi.append(LISTS[health.lists]["vi"])
        en.append(LISTS[health.lists]["en"])
    if not vi:
        return {"vi": "bình thường", "en": "normal"}
    return {"vi": ", ".join(vi), "en": ", ".join(en)}


def labelled(act: str, **rest: object) -> ActShape:
    """One act as the console shows it; what is None is left out."""
    shown = {"act": act, "label": LABELS[act], **rest}
    return {name: value for name, value in shown.items() if value is not None}  # type: ignore[return-value]
