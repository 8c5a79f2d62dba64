"""What the rules forbid in a vote: its steps, its ballots, its count. Same form as `voting.errors`."""

from voting.errors import RefusalKind
from voting.ids import BallotHash

NOT_TAKEN = "KHONG DUOC GHI NHAN"
"""A seat unit's first line for every ballot that was not recorded."""


class VoteUnknown(RefusalKind):
    vi = "Không có lần biểu quyết {vote} trong phiên họp này."
    en = "There is no vote {vote} in this sitting."
    unit = (NOT_TAKEN, "")


class VoteIdTaken(RefusalKind):
    vi = "Mã biểu quyết {vote} đã dùng; mỗi lần biểu quyết cần một mã riêng."
    en = "The id {vote} is taken; each vote needs an id of its own."


class KindUnknown(RefusalKind):
    vi = "Bộ quy tắc {book} không có loại biểu quyết {kind}."
    en = "Rule book {book} has no kind of question {kind}."


class QuestionUnclear(RefusalKind):
    vi = "Nội dung biểu quyết thiếu chữ: {missing}. Mọi đại biểu phải đọc được nội dung."
    en = "The question lacks its text: {missing}. Every member must be able to read it."


class AnotherVoteInPlay(RefusalKind):
    vi = "Lần biểu quyết {vote} chưa kết thúc; mỗi lúc chỉ có một lần biểu quyết."
    en = "Vote {vote} is still in play; there is one vote at a time."


class VoteNotAnnounced(RefusalKind):
    vi = "Không mở được: lần biểu quyết {vote} {phase_vi}."
    en = "It can't be opened: vote {vote} is {phase}."


class VoteNotOpen(RefusalKind):
    """Asked of an open vote only: hold, extend, close, or a ballot before the opening."""

    vi = "Lần biểu quyết {vote} {phase_vi}, không phải đang biểu quyết."
    en = "Vote {vote} is {phase}, not open."
    unit = (NOT_TAKEN, "CHUA MO BIEU QUYET")


class VoteNotHeld(RefusalKind):
    vi = "Lần biểu quyết {vote} không tạm dừng ({phase_vi}), nên không tiếp tục được."
    en = "Vote {vote} is not held ({phase}), so there is nothing to resume."


class VoteNotClosing(RefusalKind):
    vi = "Lần biểu quyết {vote} không ở bước khóa phím ({phase_vi})."
    en = "Vote {vote} is not closing ({phase})."


class VoteNotClosed(RefusalKind):
    vi = "Lần biểu quyết {vote} {phase_vi}; việc này chỉ làm khi đã kết thúc và chờ công bố."
    en = "Vote {vote} is {phase}; this can be done only once it is closed and not yet declared."


class NoSeatsToAccountFor(RefusalKind):
    vi = "Lần biểu quyết này không biểu quyết tại ghế, hoặc là bỏ phiếu kín, nên không có sổ ghế."
    en = "This vote isn't taken at the seats, or is secret: there is no account of seats."


class SeatsAlreadyAccounted(RefusalKind):
    vi = "Sổ ghế của lần biểu quyết này đã có trong nhật ký."
    en = "The seats of this vote are accounted for in the log already."


class VoteEnded(RefusalKind):
    vi = "Lần biểu quyết {vote} {phase_vi}, không hủy được nữa; có thể biểu quyết lại."
    en = "Vote {vote} is {phase} and can't be cancelled; it may be superseded by a re-vote."


class VoteNotRepeatable(RefusalKind):
    vi = "Lần biểu quyết {vote} {phase_vi}; chỉ biểu quyết lại khi đã kết thúc hoặc đã hủy."
    en = "Vote {vote} is {phase}; only a closed, declared or cancelled vote can be repeated."


class DurationNotPositive(RefusalKind):
    vi = "Thời gian {seconds} giây không hợp lệ; phải là số giây lớn hơn 0."
    en = "{seconds} seconds is not a duration; it must be more than 0."


class ChallengeMissing(RefusalKind):
    vi = "Thiếu mã mở biểu quyết."
    en = "The opening's challenge is missing."


class VoteTimeUp(RefusalKind):
    """A ballot after the close, or after its channel's grace."""

    vi = "Không được ghi nhận: đã hết giờ biểu quyết."
    en = "Not recorded: the time to vote is over."
    unit = ("HET GIO BIEU QUYET", NOT_TAKEN)


class VoteOnHold(RefusalKind):
    vi = "Biểu quyết đang tạm dừng; phiếu chưa được ghi nhận, sẽ nhận tiếp khi tiếp tục."
    en = "The vote is held; the ballot is not recorded yet and may be sent again when it resumes."
    unit = ("TAM DUNG BIEU QUYET", "CHUA DUOC GHI NHAN")
    is_final = False


class AlreadyRecorded(RefusalKind):
    """This very ballot stands in the log: the asker gets the receipt it was given the first time."""

    vi = "Phiếu này đã được ghi nhận."
    en = "This ballot is already recorded."
    unit = ("DA GHI NHAN", "")

    def __init__(self, ballot: BallotHash) -> None:
        super().__init__(ballot=ballot)
        self.ballot = ballot


class WrongQuestion(RefusalKind):
    vi = "Phiếu ghi nội dung khác với nội dung đang biểu quyết; phiếu không được ghi nhận."
    en = "The ballot names another question than the one put to the vote; it was not recorded."
    unit = (NOT_TAKEN, "SAI NOI DUNG")


class WrongChallenge(RefusalKind):
    vi = "Phiếu không thuộc lần mở biểu quyết này; phiếu không được ghi nhận."
    en = "The ballot was not made for this opening of the vote; it was not recorded."
    unit = (NOT_TAKEN, "PHIEU CU")


class ChannelNotAllowed(RefusalKind):
    vi = "Nội dung này không biểu quyết bằng cách đó ({channel}); phiếu không được ghi nhận."
    en = "This question is not voted on by that way ({channel}); it was not recorded."
    unit = (NOT_TAKEN, "CHI BIEU QUYET O GHE")


class ChoiceUnknown(RefusalKind):
    vi = "Không có lựa chọn “{choice}” trong lần biểu quyết này."
    en = "There is no choice “{choice}” in this vote."
    unit = (NOT_TAKEN, "SAI LUA CHON")


class CardSignatureNeeded(RefusalKind):
    vi = "Lần biểu quyết này cần chính thẻ đại biểu ký từng phiếu; phiếu không được ghi nhận."
    en = "In this vote the member's card itself signs each ballot; this one was not recorded."
    unit = (NOT_TAKEN, "CAN THE KY PHIEU")


class CardSignatureNotAsked(RefusalKind):
    vi = "Lần biểu quyết này không nhận phiếu do thẻ ký riêng; phiếu không được ghi nhận."
    en = "In this vote no ballot is signed by a card by itself; this one was not recorded."
    unit = (NOT_TAKEN, "MOI BAM LAI")


class BallotFinal(RefusalKind):
    vi = "Đã ghi nhận một phiếu; bộ quy tắc không cho đổi."
    en = "A ballot is already recorded; the rule book allows no change."
    unit = ("DA GHI NHAN", "KHONG DUOC DOI")


class RevisionStale(RefusalKind):
    vi = "Phiếu đổi không nối tiếp phiếu đang có hiệu lực (phải là lần {expected}); hãy chọn lại."
    en = "The ballot doesn't follow the one in force (revision {expected} is expected); choose again."
    unit = (NOT_TAKEN, "MOI BAM LAI")


class CountedByHand(RefusalKind):
    vi = "Lần biểu quyết này đang được đếm bằng tay; phiếu điện tử không được ghi nhận."
    en = "This vote is being counted by hand; electronic ballots are not taken."
    unit = (NOT_TAKEN, "DEM BANG GIO TAY")


class BallotsAlreadyCast(RefusalKind):
    vi = "Đã có {ballots} phiếu điện tử; không trộn với đếm tay. Hãy hủy rồi biểu quyết lại."
    en = "{ballots} electronic ballots are recorded; a hand count can't be mixed in. Cancel and repeat."


class HandCountImpossible(RefusalKind):
    vi = "Số liệu đếm tay không hợp lệ: {fault}."
    en = "The hand count can't be right: {fault_en}."


class HandCountConfirmed(RefusalKind):
    vi = "Hai thư ký đã nhập cùng số liệu; số liệu đã xác nhận."
    en = "Two clerks entered the same figures; the count is confirmed."


class HandCountUnconfirmed(RefusalKind):
    vi = "Số liệu đếm tay chưa được thư ký thứ hai xác nhận."
    en = "The hand count has not been confirmed by a second clerk."


class NoCastingVote(RefusalKind):
    vi = "Quy tắc này không có lá phiếu quyết định của chủ tọa."
    en = "This rule has no casting vote."


class VoteNotTied(RefusalKind):
    vi = "Số phiếu không ngang nhau, nên không có lá phiếu quyết định."
    en = "The vote is not tied, so there is no casting vote."


class CastingVoteNeeded(RefusalKind):
    vi = "Số phiếu ngang nhau: chủ tọa phải bỏ lá phiếu quyết định trước khi công bố."
    en = "The vote is tied: the chair must give the casting vote before it is declared."


class ResultNotComputed(RefusalKind):
    vi = "Chưa có kết quả để công bố."
    en = "There is no result to declare yet."


class ResultAlreadyComputed(RefusalKind):
    vi = "Kết quả đã được tính."
    en = "The result is already computed."
