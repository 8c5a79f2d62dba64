"""A vote's result as the hall signs it, and back: figures from `voting`, signature form from `audit`."""

from dataclasses import dataclass
from typing import Any

from audit import statement
from audit.errors import BadEvidence
from audit.signing import Signer
from voting import result_form
from voting.ids import RuleId
from voting.majority import Result


class Malformed(ValueError):
    """An entry or payload whose hashes may be right but whose words are not those of the format."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and by which words a result was reached: what the signed form says beside the figures."""

    log: str
    sit: str
    vote: str
    definition: str
    round: int
    book: str
    book_sha256: str
    head_size: int
    head_root: str
    """Of the log just before the result's own entry: lower-case hex."""


def sign(result: Result, setting: Setting, signer: Signer) -> dict[str, str]:
    """The flattened JWS `parl-result+json`: the one official result, whoever shows it."""
    payload = {
        "log": setting.log, "sit": setting.sit, "vote": setting.vote, "def": setting.definition,
        "round": setting.round,
        "rule": {"book": setting.book, "sha256": setting.book_sha256, "id": result.rule},
        **result_form.to_plain(result),
        "head": {"size": setting.head_size, "root": setting.head_root},
    }  # fmt: skip
    return statement.sign(statement.RESULT, payload, signer)


def read(jws: Any) -> tuple[Result, Setting]:
    """What a signed result says; its signature is not judged. Raises Malformed."""
    try:
        said = statement.parse(jws, statement.RESULT).payload
        result = result_form.from_plain(said, RuleId(said["rule"]["id"]))
    except (BadEvidence, ValueError) as error:
        raise Malformed(f"not a result: {error}") from None
    rule, head = said["rule"], said["head"]
    return result, Setting(
        log=said["log"], sit=said["sit"], vote=said["vote"], definition=said["def"], round=said["round"],
        book=rule["book"], book_sha256=rule["sha256"], head_size=head["size"], head_root=head["root"],
    )  # fmt: skip
