"""What can be wrong with evidence: what comes from outside is refused, a broken log stops the hall."""


class LogBroken(Exception):
    """The log contradicts its format or its own hashes: nothing may be built on it, no command is taken."""


class BadEntry(LogBroken):
    """These bytes are not a log entry, or this entry may not stand in a log."""


class BadBlob(LogBroken):
    """A payload isn't the one that its entry names, or isn't sealed as the format asks."""


class BadEvidence(ValueError):
    """Something from outside (a statement, a note, a proof, a certificate) that can't be accepted."""


class NotCanonical(BadEvidence):
    """Not JSON, not RFC 8785's one form of it, or not allowed in this house (floats, large integers)."""


class BlobTooLarge(BadEvidence):
    """The body doesn't fit its class's fixed size: it must be refused before it is recorded."""


class BadKey(BadEvidence):
    """A key of a kind, curve or size that the house doesn't take, or not well-formed."""


class BadStatement(BadEvidence):
    """Not a well-formed signed statement of the expected type; nothing is said about its signature."""


class BadSignature(BadEvidence):
    """The signature is not this key's over these bytes."""


class BadCheckpoint(BadEvidence):
    """Not a checkpoint, or not signed by the key that was asked for."""


class BadProof(BadEvidence):
    """A Merkle proof that doesn't lead from what is claimed to the root."""


class Untrusted(BadEvidence):
    """A certificate that can't be relied on at that time. `code` names why, `detail` is for the log."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
