"""Texts as people write them in the hall's files."""

from typing import Annotated

from pydantic import AfterValidator


def _in_both(text: dict[str, str]) -> dict[str, str]:
    if set(text) != {"vi", "en"} or not all(text.values()):
        raise ValueError("must be given in vi and in en, and in nothing else")
    return text


Bilingual = Annotated[dict[str, str], AfterValidator(_in_both)]
"""{"vi": …, "en": …}, both there."""
