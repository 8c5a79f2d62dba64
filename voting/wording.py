"""The chamber's sentences: verdicts with their arithmetic, percentages, bases, states. Pure text from data.

A chamber's own words come from its rule book; here stand only the joints between them.
"""

from collections.abc import Mapping

from voting.kinds import Kind
from voting.majority import Base, ConditionResult, Percentage, Result
from voting.rulebook import RuleBook

Text = Mapping[str, str]

PHASES: Mapping[str, Text] = {
    "announced": {"vi": "đang chuẩn bị biểu quyết", "en": "announced"},
    "open": {"vi": "đang biểu quyết", "en": "open"},
    "held": {"vi": "đang tạm dừng", "en": "held"},
    "closing": {"vi": "đã khóa phím", "en": "closing"},
    "closed": {"vi": "đã kết thúc, chờ công bố", "en": "closed"},
    "declared": {"vi": "đã công bố kết quả", "en": "declared"},
    "cancelled": {"vi": "đã hủy", "en": "cancelled"},
    "superseded": {"vi": "đã thay thế bằng lần biểu quyết lại", "en": "superseded"},
}
"""A phase inside a sentence."""

STATES: Mapping[str, Text] = {
    "announced": {"vi": "CHUẨN BỊ BIỂU QUYẾT", "en": "PREPARING TO VOTE"},
    "open": {"vi": "ĐANG BIỂU QUYẾT", "en": "VOTE OPEN"},
    "held": {"vi": "TẠM DỪNG BIỂU QUYẾT", "en": "VOTE ON HOLD"},
    "closing": {"vi": "ĐÃ KHÓA PHÍM", "en": "KEYS LOCKED"},
    "closed": {"vi": "ĐÃ KẾT THÚC – CHỜ CÔNG BỐ", "en": "CLOSED – AWAITING DECLARATION"},
    "declared": {"vi": "ĐÃ CÔNG BỐ KẾT QUẢ", "en": "RESULT DECLARED"},
    "cancelled": {"vi": "ĐÃ HỦY", "en": "CANCELLED"},
    "superseded": {"vi": "ĐÃ THAY THẾ", "en": "SUPERSEDED"},
}
"""A phase as a wall's state line. Secret votes have words of their own, `state` gives them."""

_SECRET: Mapping[str, Text] = {
    "open": {"vi": "ĐANG BỎ PHIẾU KÍN", "en": "SECRET BALLOT OPEN"},
    "closing": {"vi": "ĐANG KIỂM PHIẾU", "en": "PAPERS BEING COUNTED"},
}


def state(phase: str, round: int = 1, secret: bool = False) -> Text:
    """The state line; a re-vote that is being prepared says so."""
    if phase == "announced" and round > 1:
        return {"vi": f"BIỂU QUYẾT LẠI (LẦN {round})", "en": f"RE-VOTE (ROUND {round})"}
    return _SECRET.get(phase, STATES[phase]) if secret else STATES[phase]


def percent_text(percentage: Percentage) -> Text:
    """Two decimals, the trailing zero kept: "49,59%" and "49.59%"."""
    whole, hundredths = divmod(percentage.hundredths, 100)
    return {"vi": f"{whole},{hundredths:02d}%", "en": f"{whole}.{hundredths:02d}%"}


def base_name(book: RuleBook, base: Base) -> Text:
    """The base in the chamber's words. Raises KeyError for one that the book doesn't use."""
    return book.bases[base]


def base_note(book: RuleBook, base: Base) -> Text:
    """What the percentages are of: every percentage names its base."""
    name = base_name(book, base)
    return {"vi": f"% tính trên {name['vi']}", "en": f"% of {name['en']}"}


def verdict(kind: Kind, result: Result) -> Text:
    """The outcome in the words of the question's kind. "announced" where the kind has no pass or fail."""
    return kind.verdicts.get(result.outcome, {"vi": "ĐÃ CÔNG BỐ KẾT QUẢ", "en": "RESULT ANNOUNCED"})


def condition_text(book: RuleBook, kind: Kind, condition: ConditionResult) -> Text:
    """The wall's: cần ít nhất 243 đại biểu tán thành (quá nửa tổng số đại biểu Quốc hội); có 240."""
    said = kind.choice(condition.counted).said
    words = _rule_words(kind, condition)
    people, needed, have = book.member, condition.need, condition.have
    return {
        "vi": f"cần ít nhất {needed} {people['vi']} {said['vi']} ({words['vi']}); có {have}",
        "en": f"at least {needed} {people['en']} {said['en']} needed ({words['en']}); {have} {said['en']}",
    }


def _rule_words(kind: Kind, result: ConditionResult) -> Text:
    for condition in kind.rule.conditions:
        same = (condition.counted, condition.share, condition.strict, condition.base)
        if same == (result.counted, result.share, result.strict, result.base):
            return condition.text
    return kind.rule.name


def sentence(book: RuleBook, kind: Kind, result: Result) -> Text:
    """The verdict's arithmetic: every condition, the floor of a void vote, the casting vote."""
    if result.outcome == "void" and kind.rule.floor is not None:
        return _void(book, kind, result)
    if result.outcome == "announced":
        return _announced(book, kind, result)
    parts = [condition_text(book, kind, condition) for condition in result.conditions]
    parts += _tie(kind, result)
    return {language: "; ".join(part[language] for part in parts) for language in ("vi", "en")}


def _announced(book: RuleBook, kind: Kind, result: Result) -> Text:
    """No pass or fail: only the shares that have consequences, where they are reached."""
    reached = [_rule_words(kind, condition) for condition in result.conditions if condition.met]
    if not reached:
        return {"vi": "không có mức nào dẫn đến hệ quả", "en": "no share that has consequences is reached"}
    return {language: "; ".join(words[language] for words in reached) for language in ("vi", "en")}


def _void(book: RuleBook, kind: Kind, result: Result) -> Text:
    floor = kind.rule.floor
    words = floor.text if floor else kind.rule.name
    people, n = book.member, result.participated
    return {
        "vi": f"chỉ có {n} {people['vi']} tham gia biểu quyết; cần {words['vi']}",
        "en": f"only {n} {people['en']} took part; {words['en']} must",
    }


def _tie(kind: Kind, result: Result) -> list[Text]:
    if result.casting_vote is not None:
        said = kind.choice(result.casting_vote).said
        return [
            {
                "vi": f"số phiếu ngang nhau, lá phiếu quyết định của chủ tọa: {said['vi']}",
                "en": f"a tie; the casting vote of the chair: {said['en']}",
            }
        ]
    if result.outcome == "tied":
        return [{"vi": "số phiếu ngang nhau", "en": "a tie"}]
    return []
