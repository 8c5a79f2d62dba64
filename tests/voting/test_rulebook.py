"""Rule books: every shipped one is whole, and a faulty one names every fault at once."""

import tomllib
from datetime import date
from hashlib import sha256

import pytest

from hall_controller import rulebooks
from voting.errors import RuleBookFaulty
from voting.ids import KindId
from voting.rulebook import RuleBook, parse

QH = "vn.qh.2016-01-01"

REQUIRED = {
    "vn.qh.more_than_half_of_all",
    "vn.qh.two_thirds_of_all",
    "vn.qh.election.more_than_half_of_all",
    "vn.hdnd.more_than_half_of_all",
    "vn.confidence.poll3",
    "majority_of_component_members",
    "majority_of_votes_cast",
    "majority_of_votes_cast_casting_vote",
    "two_thirds_of_votes_cast",
    "two_thirds_cast_and_majority_members",
    "two_thirds_of_all",
    "two_thirds_of_all_seats_incl_vacant",
    "kr.impeachment.two_thirds_of_all",
}


def faults(text: str) -> str:
    with pytest.raises(RuleBookFaulty) as caught:
        parse(text)
    return "\n".join(caught.value.faults)


def test_every_rule_that_the_published_votes_need_is_shipped() -> None:
    shipped = {rule for book in rulebooks.shipped() for rule in book.rules}
    assert shipped >= REQUIRED


@pytest.mark.parametrize("book", rulebooks.shipped(), ids=lambda book: book.id)
def test_a_shipped_book_is_named_by_chamber_and_date_and_cites_articles(book: RuleBook) -> None:
    text = rulebooks.text(book.id)
    assert book.id == f"{book.chamber}.{book.since.isoformat()}"
    assert book.sha256 == sha256(text.encode()).hexdigest()
    assert all(rule.cites for rule in book.rules.values())
    cited = {cite for rule in book.rules.values() for cite in rule.cites}
    assert cited | {"hall"} <= set(book.articles)
    assert len(text.encode()) < 60_000


def test_a_rule_means_the_same_in_every_book_that_has_it() -> None:
    """But for the confidence poll, whose shares were of all members before they were of the ballots."""
    meanings: dict[str, set[object]] = {}
    for book in rulebooks.shipped():
        for rule in book.rules.values():
            shares = tuple((c.counted, c.share, c.strict, c.base) for c in rule.conditions)
            floor = rule.floor and (rule.floor.share, rule.floor.base)
            meanings.setdefault(rule.id, set()).add((shares, rule.tie, floor, rule.met, rule.unmet))
    assert {id for id, found in meanings.items() if len(found) > 1} == {"vn.confidence.poll3"}


@pytest.mark.parametrize(
    ("day", "id"),
    [
        (date(2010, 6, 19), "vn.qh.2002-12-16"),
        (date(2016, 1, 1), QH),
        (date(2019, 6, 3), QH),
        (date(2024, 6, 29), "vn.qh.2023-07-01"),
        (date(2025, 6, 16), "vn.qh.2025-03-01"),
    ],
)
def test_the_book_in_force_on_a_day(day: date, id: str) -> None:
    assert rulebooks.in_force("vn.qh", day) == id


def test_there_is_none_before_the_first() -> None:
    with pytest.raises(rulebooks.NoSuchRuleBook):
        rulebooks.in_force("vn.qh", date(1946, 1, 6))
    with pytest.raises(rulebooks.NoSuchRuleBook, match=r"vn\.qh\.2016"):
        rulebooks.text("vn.qh.1946-01-06")


def test_the_kinds_of_the_national_assembly() -> None:
    book = parse(rulebooks.text(QH))
    poll = book.kinds[KindId("poll")]
    assert (poll.heading["vi"], poll.rule.id) == ("LẤY Ý KIẾN", "vn.qh.more_than_half_of_all")
    assert [(c.id, c.key, c.mark, c.tone) for c in poll.choices] == [
        ("approve", "1", "check", "approve"),
        ("reject", "2", "cross", "reject"),
        ("not_voting", "3", "square", "neutral"),
    ]
    assert [c.label["vi"] for c in poll.choices] == ["Tán thành", "Không tán thành", "Không biểu quyết"]
    assert book.kinds[KindId("constitution")].rule.id == "vn.qh.two_thirds_of_all"
    election = book.kinds[KindId("election")]
    assert (election.rule.met, election.rule.unmet, election.secret) == ("elected", "not_elected", True)
    assert election.ways == ("hand",)
    assert poll.publish == "totals"
    assert poll.longest_grace_s == max(poll.grace_s.values())
    assert set(book.kinds) >= {
        "poll",
        "article",
        "law",
        "resolution",
        "constitution",
        "election",
        "confidence",
    }


def test_seat_units_show_short_unaccented_labels() -> None:
    for book in rulebooks.shipped():
        for kind in book.kinds.values():
            for choice in kind.choices:
                assert all(text.isascii() and len(text) <= 8 for text in choice.short.values())


def test_every_fault_is_named_at_once_with_its_place() -> None:
    text = (
        rulebooks.text(QH)
        .replace("first_s = 420", "first_s = 0")
        .replace('cites = ["nq85.2014"]', 'cites = ["nq85.2041"]')
        .replace("[kinds.law]\nheading", "[kinds.law]\nhaeding = 1\nheading")
        .replace("share = [2, 3]", "share = [3, 2]", 1)
    )
    found = faults(text)
    assert "floor.first_s: 0 is less than 1" in found
    assert "rules.vn.confidence.poll3.cites: there is no article nq85.2041" in found
    assert "kinds.law.haeding: is not known here" in found
    assert "thresholds[2].share: must be a share" in found


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('id = "vn.qh.2016-01-01"\n', "", "id: is missing"),
        ("from = 2016-01-01", 'from = "2016-01-01"', "from: must be a date"),
        ("from = 2016-01-01", "from = 2016-01-01T00:00:00", "from: must be a date without a time"),
        (', en = "members" }', " }", "member.en: is missing"),
        ('choices = "keys"', 'choices = "buttons"', "kinds.poll.choices: 'buttons' is none of"),
        ('rule = "vn.qh.two_thirds_of_all"', 'rule = "vn.qh.most"', "'vn.qh.most' is none of"),
        ('counted = "approve"', 'counted = "yes"', "has no yes, which the rule counts"),
        ('base = "all_members"', 'base = "all_seats"', "all_seats has no words under bases"),
        ('percent_base = "all_members"', 'percent_base = "votes_cast"', "bases.votes_cast: is missing"),
        ("grace_s = { seat = 3, mobile = 6 }", "grace_s = { seat = 3 }", "has no seconds for mobile"),
        ('ways = ["hand"]', 'ways = ["seat"]', "a secret vote takes no ballot that is signed"),
        ('ways = ["seat", "mobile", "hand"]', 'ways = ["seat", "fax"]', "'fax' is none of seat"),
        ('rejected = { vi = "CHƯA', 'void = { vi = "CHƯA', "verdicts: has no words for rejected"),
        ("running_counts = false", "running_counts = 0", "running_counts: must be true or false"),
        ("duration_s = 30", "duration_s = true", "duration_s: must be a whole number"),
        ('key = "3"', 'key = "2"', "two choices have the same key"),
        ('mark = "check"', 'mark = "tick"', "'tick' is none of check, cross, square"),
        ("strict = true", 'strict = "yes"', "strict: must be true or false"),
        ('[verdicts.poll]', '[verdicts.pool]', "verdicts: 'poll' is none of"),
        ('publish = "totals"', 'publish = "all"', "'all' is none of names, totals, nothing"),
        ('cites = ["nq85.2014"]', "cites = [85]", "cites: must be a list of strings"),
        ("[[thresholds]]", "[thresholds]\n[[more]]", "is not TOML"),
    ],
)  # fmt: skip
def test_one_fault_is_found(old: str, new: str, fault: str) -> None:
    text = rulebooks.text(QH)
    assert old in text
    assert fault in faults(text.replace(old, new))


def test_ties_and_votes_cast_must_say_which_choices_are_meant() -> None:
    text = rulebooks.text("uk.commons.2011-09-15")
    found = faults(text.replace('cast = ["approve", "reject"]\n', ""))
    assert "because the rule knows ties" in found
    assert "because a condition counts them" in found
    assert "seats: is missing" in faults(text.replace("seats = 650\n", ""))


def test_what_is_no_table_is_named() -> None:
    assert "bases: must be a table" in faults('bases = "all"')
    assert "is not TOML" in faults("= 3")
    assert len(faults("").splitlines()) > 8


@pytest.mark.parametrize("id", rulebooks.ids())
def test_a_book_with_a_line_missing_is_a_book_or_refused_and_never_an_accident(id: str) -> None:
    """Any exception but these two would stop the hall where it should only say no."""
    lines = rulebooks.text(id).splitlines()
    for n in range(0, len(lines), 7):
        text = "\n".join(lines[:n] + lines[n + 1 :])
        try:
            tomllib.loads(text)
            parse(text)
        except (RuleBookFaulty, tomllib.TOMLDecodeError):
            continue
