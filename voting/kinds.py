"""What a rule book says of one kind of question: words, choices, how it is voted on, what is published."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from voting.ids import ChoiceId, KindId
from voting.majority import Base, Outcome, Rule

Mark = Literal["check", "cross", "square"]
Tone = Literal["approve", "reject", "neutral"]
Way = Literal["seat", "mobile", "hand"]
"""How a question may be voted on. "hand" is a count of hands or papers, entered by two clerks."""
Change = Literal["last_before_close", "first_only"]
Publish = Literal["names", "totals", "nothing"]
SignedBy = Literal["session", "card"]
"""Who signs a ballot at a seat: a key that the card delegated to once, or the card itself, each by PIN."""


@dataclass(frozen=True, slots=True)
class Choice:
    id: ChoiceId
    label: Mapping[str, str]
    short: Mapping[str, str]
    """For a seat unit: a few unaccented letters."""
    said: Mapping[str, str]
    """As it stands in a sentence: "240 đại biểu tán thành", "240 members in favour"."""
    mark: Mark
    tone: Tone
    key: str
    """The seat unit's key; by place only, a ballot names the choice's id."""


@dataclass(frozen=True, slots=True)
class Kind:
    id: KindId
    heading: Mapping[str, str]
    result_heading: Mapping[str, str]
    rule: Rule
    """With this kind's own outcomes in `met` and `unmet`."""
    choices: tuple[Choice, ...]
    """In the order in which they are shown everywhere."""
    verdicts: Mapping[Outcome, Mapping[str, str]]
    ways: tuple[Way, ...]
    secret: bool
    """Nothing anywhere joins a member with a choice: no electronic ballot of ours is taken."""
    duration_s: int
    """0: it closes by hand."""
    grace_s: Mapping[Way, int]
    change: Change
    running_counts: bool
    publish: Publish
    percent_base: Base
    signed_by: SignedBy = "session"

    @property
    def choice_ids(self) -> tuple[ChoiceId, ...]:
        return tuple(choice.id for choice in self.choices)

    @property
    def longest_grace_s(self) -> int:
        return max(self.grace_s.values(), default=0)

    def choice(self, id: ChoiceId) -> Choice:
        """Raises KeyError for a choice that this kind doesn't have."""
        for choice in self.choices:
            if choice.id == id:
                return choice
        raise KeyError(id)
