"""Sentences as a wall shows them; refusals in both languages and on a seat unit's two lines."""

import inspect

import pytest

from hall_controller import rulebooks
from voting import errors, refusals, wording
from voting.division import Phase
from voting.errors import LINE, RefusalKind, Refused
from voting.ids import ChoiceId, KindId
from voting.majority import House, Percentage, Result, Tally, compute
from voting.rulebook import RuleBook, parse


def book(id: str = "vn.qh.2016-01-01") -> RuleBook:
    return parse(rulebooks.text(id))


def result(
    rules: RuleBook, kind: str, house: House, counts: dict[str, int], casting: str | None = None
) -> Result:
    tally = Tally({ChoiceId(choice): n for choice, n in counts.items()})
    asked = rules.kinds[KindId(kind)]
    vote = ChoiceId(casting) if casting else None
    return compute(asked.rule, tally, house, asked.percent_base, vote)


def said(rules: RuleBook, kind: str, found: Result) -> tuple[str, str, str]:
    asked = rules.kinds[KindId(kind)]
    sentence = wording.sentence(rules, asked, found)
    return wording.verdict(asked, found)["vi"], sentence["vi"], sentence["en"]


def test_the_poll_of_2019_reads_as_the_wall_shows_it() -> None:
    rules = book()
    found = result(rules, "poll", House(484, 452), {"approve": 240, "reject": 120, "not_voting": 57})
    assert said(rules, "poll", found) == (
        "CHƯA ĐƯỢC QUÁ NỬA TÁN THÀNH",
        "cần ít nhất 243 đại biểu tán thành (quá nửa tổng số đại biểu Quốc hội); có 240",
        "at least 243 members in favour needed (more than half of all members of the National Assembly); "
        "240 in favour",
    )
    assert wording.percent_text(found.percentages["approve"]) == {"vi": "49,59%", "en": "49.59%"}
    assert wording.percent_text(found.percentages["participated"])["vi"] == "86,16%"
    note = wording.base_note(rules, found.percentages["approve"].base)
    assert note["vi"] == "% tính trên tổng số đại biểu Quốc hội"


@pytest.mark.parametrize(
    ("hundredths", "vi"), [(9260, "92,60%"), (10000, "100,00%"), (5, "0,05%"), (0, "0,00%"), (63, "0,63%")]
)
def test_percentages_keep_their_trailing_zero(hundredths: int, vi: str) -> None:
    text = wording.percent_text(Percentage(hundredths, 480, "all_members"))
    assert text == {"vi": vi, "en": vi.replace(",", ".")}


def test_the_casting_vote_stands_in_the_sentence() -> None:
    rules = book("uk.commons.2011-09-15")
    house = House(650, 620, 650)
    tie = {"approve": 310, "reject": 310}
    verdict, _, english = said(rules, "motion", result(rules, "motion", house, tie, "reject"))
    assert verdict == "KHÔNG ĐƯỢC THÔNG QUA"
    assert english.endswith("310 ayes; a tie; the casting vote of the chair: noes")
    assert said(rules, "motion", result(rules, "motion", house, tie))[0] == "SỐ PHIẾU NGANG NHAU"


def test_a_void_vote_says_that_too_few_took_part() -> None:
    rules = book("kr.na.1988-02-25")
    found = result(rules, "impeachment", House(300, 195), {"approve": 190, "reject": 5, "abstain": 0})
    verdict, vietnamese, english = said(rules, "impeachment", found)
    assert verdict == "KHÔNG CÓ GIÁ TRỊ"
    assert vietnamese == (
        "chỉ có 195 nghị sĩ tham gia biểu quyết; cần ít nhất hai phần ba tổng số nghị sĩ tham gia"
    )
    assert english == "only 195 members took part; at least two thirds of all members must"


def test_a_confidence_poll_tells_only_the_shares_that_matter() -> None:
    rules = book("vn.qh.2023-07-01")
    counts = {"high_confidence": 100, "confidence": 81, "low_confidence": 300}
    _, vietnamese, _ = said(rules, "confidence", result(rules, "confidence", House(485, 481), counts))
    assert vietnamese == "tín nhiệm thấp quá nửa số phiếu thu về: có thể xin từ chức"
    counts = {"high_confidence": 448, "confidence": 29, "low_confidence": 4}
    found = result(rules, "confidence", House(485, 481), counts)
    assert said(rules, "confidence", found)[1] == "không có mức nào dẫn đến hệ quả"
    assert found.percentages["high_confidence"].of == 481


def test_every_phase_has_its_words() -> None:
    assert set(wording.PHASES) == set(wording.STATES) == {phase.value for phase in Phase}
    assert wording.state("open")["vi"] == "ĐANG BIỂU QUYẾT"
    assert wording.state("announced", round=2)["vi"] == "BIỂU QUYẾT LẠI (LẦN 2)"
    assert wording.state("open", secret=True)["vi"] == "ĐANG BỎ PHIẾU KÍN"
    assert wording.state("declared", secret=True) == wording.STATES["declared"]


def test_every_verdict_of_every_shipped_book_has_words() -> None:
    for id in rulebooks.ids():
        rules = book(id)
        for kind in rules.kinds.values():
            counts = dict.fromkeys(kind.choice_ids, 3)
            found = compute(kind.rule, Tally(counts), House(9, 9, rules.seats), kind.percent_base)
            assert wording.verdict(kind, found)["vi"]
            assert all(wording.sentence(rules, kind, found).values())


KINDS = [
    one
    for module in (errors, refusals)
    for one in vars(module).values()
    if inspect.isclass(one) and issubclass(one, RefusalKind) and one is not RefusalKind
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_refusal_speaks_both_languages_and_fits_a_seat_unit(kind: type[RefusalKind]) -> None:
    assert kind.vi
    assert kind.en
    assert kind.vi != kind.en
    for line in kind.unit:
        assert line.isascii()
        assert len(line.replace("{here}", "214").replace("{own}", "087")) <= LINE


def test_codes_are_the_names_and_are_different() -> None:
    assert refusals.VoteTimeUp().code == "vote_time_up"
    assert refusals.VoteTimeUp().lines == ("HET GIO BIEU QUYET", "KHONG DUOC GHI NHAN")
    assert len({kind.__name__ for kind in KINDS}) == len(KINDS)


def test_a_refusal_of_others_is_cut_to_the_unit() -> None:
    other = Refused("far_too_long", {"vi": "Dài", "en": "Long"}, ("X" * 30, "Y" * 30))
    assert other.lines == ("X" * LINE, "Y" * LINE)
    assert str(other) == "far_too_long: Long"
