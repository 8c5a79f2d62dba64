"""`hall rules check FILE`: recomputes published votes by the rule books, finds what contradicts itself.

Judged: participated against its parts (where all are published), every printed percentage at the decimals
that were printed, the outcome by the row's rule. What wasn't published is never taken for zero: a figure
that is missing leaves a range, and only what no figure in that range allows is a mismatch.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hall_controller import published_outcome, rulebooks
from hall_controller.faults import BadFile
from hall_controller.published import Printed, Row, read
from voting.majority import Rule

NO_PAPERS = ("electronic", "điện tử", "roll call", "division", "show of hands", "giơ tay")
PAPERS = ("secret", "paper", "kín", "phiếu")
"""Words of a row's `method`: with papers some may be invalid, without them none is."""

BASES = {
    "total_members": "members",
    "all_members": "members",
    "members": "members",
    "total_seats": "members",
    "all_seats": "members",
    "participated": "participated",
    "participants": "participated",
    "ballots_collected": "collected",
    "valid_ballots": "valid",
    "votes_cast": "votes_cast",
    "present": "present",
}
"""`percent_base` → the figure that it names."""


@dataclass(frozen=True, slots=True)
class RowVerdict:
    row: Row
    participated: int | None
    """Published, or the sum of its parts where all of them are."""
    percentages: Mapping[str, str]
    """Recomputed, at the printed number of decimals."""
    outcomes: tuple[str, ...]
    """What the rule allows; one where everything needed is published."""
    mismatches: tuple[str, ...]
    notes: tuple[str, ...]
    """What is shown and not judged, and why."""

    @property
    def right(self) -> bool:
        return not self.mismatches

    @property
    def outcome(self) -> str:
        """In the row's own word where it is right."""
        printed = self.row.texts.get("outcome", "")
        return printed if printed and self.right else " or ".join(self.outcomes)


def check(path: Path) -> list[RowVerdict]:
    """One verdict a row. Raises BadFile (malformed, or a rule that no rule book has)."""
    rows = read(path)
    unknown = [
        f"row {row.id}: no rule book has the rule {row.rule!r}"
        for row in rows
        if not row.anomaly and not _rules(row.rule)
    ]
    if unknown:
        raise BadFile(path, unknown)
    return [judge(row) for row in rows]


def exit_code(verdicts: list[RowVerdict]) -> int:
    """0 where every row is right, else 1."""
    return 0 if all(verdict.right for verdict in verdicts) else 1


def _rules(id: str) -> list[tuple[str, Rule]]:
    """The rule in every rule book that has it, with the book's first day."""
    return [
        (book.since.isoformat(), rule)
        for book in rulebooks.shipped()
        for rule in book.rules.values()
        if rule.id == id
    ]


def _rule(row: Row) -> Rule | None:
    """In force on the row's date; for older votes the earliest there is."""
    found = sorted(_rules(row.rule), key=lambda dated: dated[0])
    in_force = [rule for since, rule in found if since <= row.texts.get("date", "")]
    if in_force:
        return in_force[-1]
    return found[0][1] if found else None


def _choices(rule: str) -> set[str]:
    """Every choice of a question under this rule; published data calls not voting "abstain"."""
    return {
        "abstain" if choice == "not_voting" else str(choice)
        for book in rulebooks.shipped()
        for kind in book.kinds.values()
        if kind.rule.id == rule
        for choice in kind.choice_ids
    }


def all_parts(row: Row) -> int | None:
    """The choices and the invalid papers together; None where one of them may not have been published."""
    method = row.texts.get("method", "").lower()
    without_papers = any(w in method for w in NO_PAPERS) and not any(w in method for w in PAPERS)
    given = {"abstain" if choice == "not_voting" else choice for choice in row.counts}
    expected = _choices(row.rule)
    if not expected or expected - given or not ("invalid" in {*row.figures, *row.counts} or without_papers):
        return None
    return sum(row.counts.values()) + row.figures.get("invalid", 0)


def judge(row: Row) -> RowVerdict:
    rule = _rule(row)
    parts = all_parts(row)
    participated = row.figures.get("participated", parts)
    notes: list[str] = list(row.unread)
    mismatches = [*_impossible(row), *_sums(row, parts)]
    recomputed, wrong = _percentages(row, participated, rule, notes)
    mismatches += wrong
    outcomes: tuple[str, ...] = ()
    if rule is not None:
        ranges = published_outcome.ranges(row, rule, participated, complete=parts is not None)
        outcomes = published_outcome.possible(rule, ranges, row.texts.get("casting_vote"))
        mismatches += published_outcome.contradictions(row, rule, ranges, outcomes, notes)
    if row.anomaly:
        notes = [*notes, "an anomaly: shown, not judged", *mismatches]
        mismatches = []
    return RowVerdict(row, participated, recomputed, outcomes, tuple(mismatches), tuple(notes))


def _impossible(row: Row) -> Iterator[str]:
    """Figures that no vote can have."""
    for name, n in {**row.figures, **row.counts}.items():
        if n < 0:
            yield f"{name} is {n}, less than none"
    members = row.figures.get("members")
    participated = row.figures.get("participated")
    if members is not None and participated is not None and participated > members:
        yield f"participated {participated}, but there are {members} members"


def _sums(row: Row, parts: int | None) -> Iterator[str]:
    known = sum(row.counts.values()) + row.figures.get("invalid", 0)
    participated = row.figures.get("participated")
    members = row.figures.get("members")
    if participated is not None and parts is not None and parts != participated:
        yield f"participated {participated}, but choices and invalid papers are {parts} together"
    elif participated is not None and known > participated:
        yield f"participated {participated}, but the published parts are {known} together"
    if members is not None and known > members:
        yield f"the published parts are {known} together, but there are {members} members"


def _figure(row: Row, participated: int | None, rule: Rule | None, name: str) -> int | None:
    """A figure of the row, or what follows from its others."""
    if name in row.counts or name in row.figures:
        return row.counts.get(name, row.figures.get(name))
    if name in ("participated", "collected"):
        return participated
    if name == "valid" and participated is not None and "invalid" in row.figures:
        return participated - row.figures["invalid"]
    if name == "votes_cast" and rule and rule.cast and all(choice in row.counts for choice in rule.cast):
        return sum(row.counts[choice] for choice in rule.cast)
    return None


def as_printed(part: int, of: int, decimals: int) -> int:
    """The percentage's digits at that many decimals, half up, in whole numbers."""
    scale = int("100" + "0" * decimals)
    return (2 * scale * part + of) // (2 * of)


def _digits(digits: int, decimals: int) -> str:
    return f"{digits // 10**decimals}.{digits % 10**decimals:0{decimals}d}" if decimals else str(digits)


def _percentages(
    row: Row, participated: int | None, rule: Rule | None, notes: list[str]
) -> tuple[dict[str, str], list[str]]:
    if not row.printed:
        return {}, []
    named = row.texts.get("percent_base", "")
    look_up = partial(_figure, row, participated, rule)
    # A base that isn't named, or in words of its own, is whichever fits; one that is named must fit.
    candidates = [BASES[named]] if named in BASES else sorted(set(BASES.values()))
    results = [_on_base(row.printed, base, look_up, []) for base in candidates if look_up(base)]
    if not results:
        notes.append("the percentages' base was not published")
        return {}, []
    recomputed, wrong = min(results, key=lambda result: len(result[1]))
    notes += [f"{name}: a percentage without its count" for name in row.printed if look_up(name) is None]
    return recomputed, wrong


def _on_base(
    printed: Mapping[str, Printed], base: str, look_up: Callable[[str], int | None], wrong: list[str]
) -> tuple[dict[str, str], list[str]]:
    recomputed: dict[str, str] = {}
    for name, percent in printed.items():
        # Those who took part are a share of the members, also where the choices are shares of them.
        bases = (base, "members") if name == "participated" else (base,)
        part, ofs = look_up(name), [of for of in map(look_up, bases) if of]
        if part is None or not ofs:
            continue
        fits = [of for of in ofs if as_printed(part, of, percent.decimals) == percent.digits]
        of = fits[0] if fits else ofs[-1]
        recomputed[name] = _digits(as_printed(part, of, percent.decimals), percent.decimals)
        if not fits:
            wrong.append(f"{name} printed {percent.text} %, but {part} of {of} is {recomputed[name]} %")
    return recomputed, wrong


def table(verdicts: list[RowVerdict]) -> Table:
    """One line a row: what was published, what the rules give, and what doesn't fit."""
    shown = Table(header_style="bold", expand=False)
    for title in ("vote", "rule", "members", "took part", "counts", "percentages", "outcome", ""):
        shown.add_column(title, justify="right" if title in ("members", "took part") else "left")
    for verdict in verdicts:
        row = verdict.row
        shown.add_row(
            Text(row.id),
            Text(row.rule),
            str(row.figures.get("members", "–")),
            "–" if verdict.participated is None else str(verdict.participated),
            Text("\n".join(f"{name} {n}" for name, n in row.counts.items())),
            Text("\n".join(f"{name} {text}" for name, text in verdict.percentages.items())),
            Text(verdict.outcome),
            _judgement(verdict),
        )
    return shown


def _judgement(verdict: RowVerdict) -> Text:
    lines = [Text("right", "green") if verdict.right else Text("MISMATCH", "bold red")]
    lines += [Text(mismatch, "red") for mismatch in verdict.mismatches]
    lines += [Text(note, "dim") for note in verdict.notes]
    return Text("\n").join(lines)


def run(path: Path, console: Console) -> int:
    """Prints the table; 0 all right, 1 a mismatch, 2 a file that can't be read."""
    try:
        verdicts = check(path)
    except BadFile as error:
        for fault in error.faults:
            console.print(Text(f"{path}: {fault}", "red"))
        return 2
    wrong = sum(not verdict.right for verdict in verdicts)
    console.print(table(verdicts))
    for verdict in verdicts:  # again below the table, where a narrow terminal can't break them up
        for mismatch in verdict.mismatches:
            console.print(Text(f"{verdict.row.id}: {mismatch}", "red"), soft_wrap=True)
    console.print(Text(f"{len(verdicts)} votes, {wrong} with a mismatch", "red" if wrong else "green"))
    return exit_code(verdicts)
