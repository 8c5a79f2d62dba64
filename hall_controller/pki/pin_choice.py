"""PINs that nobody should choose: three tries guess them. One typed on a reader's keys isn't seen here."""

from itertools import pairwise

OBJECTION = (
    "PIN cần 6 đến 8 chữ số, không toàn một chữ số, không phải dãy liền như 123456 hay 654321.",
    "A PIN has six to eight digits: not all the same, no run such as 123456 or 654321.",
)


def fit(pin: bytes) -> bool:
    """Six to eight digits that aren't the first that a finder of the card would try."""
    if not 6 <= len(pin) <= 8 or not pin.isdigit():
        return False
    steps = {(after - before) % 10 for before, after in pairwise(pin)}
    return not (len(steps) == 1 and steps <= {0, 1, 9})
