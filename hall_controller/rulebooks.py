"""The rule books that are shipped: voting/rulebooks/*.toml. Reading files is not the core's to do."""

from datetime import date
from functools import cache
from importlib.resources import files

from voting.rulebook import RuleBook, parse


class NoSuchRuleBook(LookupError):
    """No shipped rule book has that id, or none of that chamber was in force on that day."""


def ids() -> tuple[str, ...]:
    """The ids of the shipped rule books, sorted; each is its file's name."""
    folder = files("voting") / "rulebooks"
    found = (entry.name for entry in folder.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


def text(id: str) -> str:
    """A shipped rule book's TOML, whole, as it goes into the log. Raises NoSuchRuleBook."""
    if id not in ids():
        raise NoSuchRuleBook(f"no rule book {id} is shipped; there are {', '.join(ids())}")
    return (files("voting") / "rulebooks" / f"{id}.toml").read_text("utf-8")


@cache
def shipped() -> tuple[RuleBook, ...]:
    """Every shipped rule book, by chamber and then by date."""
    return tuple(sorted((parse(text(id)) for id in ids()), key=lambda book: (book.chamber, book.since)))


def in_force(chamber: str, on: date) -> str:
    """The id of the chamber's rule book in force on that day. Raises NoSuchRuleBook."""
    candidates = [book for book in shipped() if book.chamber == chamber and book.since <= on]
    if not candidates:
        raise NoSuchRuleBook(f"no rule book of {chamber} was in force on {on.isoformat()}")
    return candidates[-1].id
