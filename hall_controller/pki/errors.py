"""What the authority declines to do, in both languages. Nothing was done then."""

from voting.errors import Refused


class Declined(Refused):
    """As the rules refuse a command: asked for, not done, and why."""

    def __init__(self, code: str, vi: str, en: str) -> None:
        super().__init__(code, {"vi": vi, "en": en})


class RegisterBroken(Exception):
    """The register or the vault isn't as the authority left it: nothing more is done with it."""
