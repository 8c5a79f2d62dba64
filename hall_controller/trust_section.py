"""`[trust]` of `hall.toml`: whom the hall relies on, how it learns what was revoked, what is allowed.

[trust]
ca = ["trust/root.pem", "trust/cards.pem"]
crl = ["trust/root.crl", "trust/cards.crl"]   # plain files
fetched = "trust/fetched"                     # `hall trust fetch` writes here
[trust.algorithms]
cards = ["P-256", "P-384", "RSA-PSS"]
"""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from audit.algorithms import ALL, Algorithms

Name = Literal["P-256", "P-384", "RSA-PSS", "RSA-PKCS1"]
Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=500)]
_ALL: list[Name] = ["P-256", "P-384", "RSA-PSS", "RSA-PKCS1"]
assert set(_ALL) == ALL


class AlgorithmsSection(BaseModel):
    """Allow-lists; what isn't on them is refused at the sign-in and by whoever verifies the log."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cards: list[Name] = Field(default=_ALL, min_length=1)
    """For what a card signs itself."""
    authorities: list[Name] = Field(default=_ALL, min_length=1)
    """For certificates, revocation lists and OCSP answers."""

    @property
    def allowed(self) -> Algorithms:
        return Algorithms(frozenset(self.cards), frozenset(self.authorities))


class TrustSection(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    ca: list[Path] = Field(min_length=1)
    """PEM. One whose issuer is here too lies between; all others are roots."""
    crl: list[Path] = []
    """Revocation lists, PEM or DER."""
    ocsp: list[Path] = []
    """OCSP answers, DER."""
    fetched: Path | None = None
    """A folder of both, as `hall trust fetch` writes it: `*.crl`, `*.ocsp`."""
    cards: Path | None = None
    """A folder of the members' certificates (`*.pem`, `*.der`): for each an OCSP answer is fetched."""
    urls: list[Address] = []
    """Lists to fetch beside those that the certificates name themselves."""
    decisions: Path = Path("decisions")
    """A folder, readable by the hall alone, where `hall trust waive` leaves what the presidium decided."""
    algorithms: AlgorithmsSection = AlgorithmsSection()

    @model_validator(mode="after")
    def _says_what_was_revoked(self) -> Self:
        if not (self.crl or self.ocsp or self.fetched):
            raise ValueError("nothing says which cards were revoked: crl, ocsp or fetched is needed")
        return self
