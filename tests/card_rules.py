"""A shipped rule book with one change: in some kinds of question the card itself signs each ballot."""

import re

from hall_controller import rulebooks

TABLE = re.compile(r"^\[kinds\.\"?(?P<name>[\w.]+)\"?\]\n(?P<body>(?:(?!\[)[^\n]*\n)*)", re.M)


def signed_by_card(book: str, *kinds: str) -> str:
    """The text of `book`, its id kept, where `kinds` want the card's signature and take no phones."""
    return with_card(rulebooks.text(book), *kinds)


def with_card(book: str, *kinds: str) -> str:
    """The same of a rule book's text."""
    left = set(kinds)

    def changed(found: "re.Match[str]") -> str:
        name = found["name"]
        if name not in left:
            return found[0]
        left.remove(name)
        body = found["body"].replace('"seat", "mobile"', '"seat"')
        body = re.sub(r"grace_s = \{ seat = (\d+), mobile = \d+ \}", r"grace_s = { seat = \1 }", body)
        return found[0].removesuffix(found["body"]) + 'signed_by = "card"\n' + body

    text = TABLE.sub(changed, book)
    assert not left, f"no such kinds: {left}"
    return text
