"""What looked like an imposture, in plain words: what was tried where, and that it was refused or held."""

from collections.abc import Mapping

from display.feed import time_text
from display.shapes import IncidentShape, Words
from display.views.people import member_name
from voting.chamber import Meeting
from voting.incidents import Incident

MOST_SEEN = 12
"""Acknowledged ones that stay to be looked at; all stand in the log."""
MOST_UNSEEN = 60

TEXTS: Mapping[str, Words] = {
    "wrong_seat": {
        "vi": "Thẻ cắm ở ghế không phải của đại biểu",
        "en": "A card at a seat that isn't its member's",
    },
    "seat_taken": {
        "vi": "Thẻ thứ hai ở ghế đang có người đăng nhập",
        "en": "A second card at a seat that is taken",
    },
    "seat_voted_already": {
        "vi": "Ghế đã biểu quyết cho người khác trong lần này; phiếu bị từ chối",
        "en": "The seat has voted for somebody else in this vote; the ballot was refused",
    },
    "card_elsewhere": {"vi": "Cùng một thẻ ở hai ghế", "en": "The same card at two seats"},
    "cards_too_soon": {
        "vi": "Hai thẻ khác nhau liên tiếp quá nhanh ở một ghế",
        "en": "Two different cards at one seat within a moment",
    },
    "card_refused": {
        "vi": "Thẻ không được chấp nhận: lạ, hết hạn, đã thu hồi, hoặc không phải của đại biểu",
        "en": "A card that isn't accepted: strange, expired, revoked, or no member's",
    },
    "lists_over": {
        "vi": "Danh sách thẻ thu hồi đã hết hạn: không thẻ nào đăng nhập được",
        "en": "The list of revoked cards is out of date: no card signs in",
    },
    "key_without_card": {
        "vi": "Bấm phím khi chưa có thẻ đăng nhập",
        "en": "A key pressed without a signed-in card",
    },
    "no_person_key": {
        "vi": "Bấm phím mà không giữ phím xác nhận có mặt, hoặc ghế không có phím này",
        "en": "A key pressed without the person-present key, or a seat that has none",
    },
    "press_while_absent": {
        "vi": "Bấm phím ở ghế của đại biểu đã ghi vắng mặt",
        "en": "A key pressed for a member who is marked absent",
    },
    "press_asleep": {
        "vi": "Bấm phím khi phiên đăng nhập đang tạm nghỉ, chưa nhập lại PIN",
        "en": "A key pressed while the session is asleep, its PIN not typed again",
    },
    "mobile_not_opened": {
        "vi": "Phiếu từ điện thoại của đại biểu chưa được Chủ tọa mở biểu quyết từ xa; phiếu bị từ chối",
        "en": "A ballot by phone of a member for whom the chair has not opened it; it was refused",
    },
    "session_over": {
        "vi": "Phiếu ký bằng phiên đăng nhập đã kết thúc",
        "en": "A ballot signed by a session that has ended",
    },
    "ballot_untrue": {
        "vi": "Phiếu có chữ ký không đúng, hoặc của phiên lạ",
        "en": "A ballot with an untrue signature",
    },
    "ballot_elsewhere": {
        "vi": "Phiếu làm cho lần biểu quyết, phiên họp hoặc hội trường khác",
        "en": "A ballot made for another vote, sitting or hall",
    },
    "ballot_of_another": {
        "vi": "Phiếu ghi tên hoặc ghế không khớp phiên đăng nhập",
        "en": "A ballot whose member or seat isn't its session's",
    },
    "console_doubled": {
        "vi": "Hai thiết bị trả lời cùng một địa chỉ ghế",
        "en": "Two units answer at one seat's address",
    },
    "bus_forged": {
        "vi": "Thông điệp giả danh trên mạng của hội trường",
        "en": "Words on the hall's bus under a name that is not their sender's",
    },
}


def incidents(meeting: Meeting) -> list[IncidentShape]:
    """Those that wait for the officer, the oldest first; then the last ones that were seen."""
    known = sorted(meeting.incidents.values(), key=lambda one: one.number)
    unseen = [one for one in known if not one.seen_by][:MOST_UNSEEN]
    seen = [one for one in known if one.seen_by][-MOST_SEEN:]
    return [_shape(meeting, one) for one in (*unseen, *reversed(seen))]


def _shape(meeting: Meeting, one: Incident) -> IncidentShape:
    shown: IncidentShape = {
        "number": one.number,
        "kind": one.kind,
        "text": TEXTS.get(one.kind, {"vi": one.kind, "en": one.kind}),
        "place": one.place or "",
        "t": time_text(one.at),
    }
    if one.member is not None:
        shown["member"], shown["name"] = one.member, member_name(meeting, one.member)
    if one.seen_by:
        shown["seen_by"] = one.seen_by
    return shown
