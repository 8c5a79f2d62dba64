"""The hall's key on a PKCS#11 token, behind the same port as the one in a file (`audit.signing.Signer`)."""

from audit.errors import LogBroken
from audit.signing import PublicKey, thumbprint
from firmware_bridge.cards.errors import CardError
from firmware_bridge.cards.token import TokenKey


class TokenSigner:
    """Ed25519 only, as the log's checkpoints are: deterministic, so the same receipt has the same bytes."""

    def __init__(self, key: TokenKey) -> None:
        """Raises ValueError for a key of another kind."""
        if key.alg != "EdDSA":
            raise ValueError(f"the key on the token is for {key.alg}, the hall's is Ed25519 (CKM_EDDSA)")
        self._key = key
        self.alg = key.alg
        self.public_key: PublicKey = key.public_key
        self.kid = thumbprint(key.public_key)

    def sign(self, message: bytes) -> bytes:
        """Raises LogBroken where the token is gone: a hall that can't sign can't record either."""
        try:
            return self._key.sign(message)
        except CardError as fault:
            raise LogBroken(f"the token with the hall's key doesn't sign: {fault}") from fault
