"""Where revocation lists and OCSP answers lie: named one by one, or in the folder that fetching fills."""

from dataclasses import dataclass
from pathlib import Path

from hall_controller.config import Located

LIST, ANSWER = ".crl", ".ocsp"
"""How the files in the fetched folder end."""


@dataclass(frozen=True, slots=True)
class TrustFiles:
    crl: tuple[Path, ...] = ()
    ocsp: tuple[Path, ...] = ()
    folder: Path | None = None

    @classmethod
    def of(cls, located: Located) -> "TrustFiles":
        trust = located.config.trust
        folder = None if trust.fetched is None else located.path(trust.fetched)
        return cls(tuple(map(located.path, trust.crl)), tuple(map(located.path, trust.ocsp)), folder)

    def lists(self) -> tuple[Path, ...]:
        return (*self.crl, *self._in_folder(LIST))

    def answers(self) -> tuple[Path, ...]:
        return (*self.ocsp, *self._in_folder(ANSWER))

    def _in_folder(self, end: str) -> list[Path]:
        """None where there is no folder yet: nothing was fetched."""
        return [] if self.folder is None else sorted(self.folder.glob(f"*{end}"))
