"""From a person's certificate up to an authority that is trusted: `cryptography`'s validation (RFC 5280)
behind one function, with a policy for people in place of web servers'.

What a policy says stands in docs/specs/trust.md, beside what the rules for web servers ask and nothing here
does: DNS names, short lives, identifiers of keys. Left out: certificate policies, and constraints on
directory names; where an authority makes them critical, its certificates are refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import ExtendedKeyUsageOID as Purpose
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from audit.errors import Untrusted

UNREADABLE = (
    ValueError, TypeError, UnsupportedAlgorithm,
    x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType,
)  # fmt: skip
"""All that the library raises for bytes that aren't a certificate or list as RFC 5280 has them."""


@dataclass(frozen=True, slots=True)
class CertificatePolicy:
    """Whose certificates, and what they must say of themselves."""

    holders: str
    """For messages: `members`, `officers`."""
    purposes: frozenset[x509.ObjectIdentifier]
    """One of them, where the certificate names purposes; a web server's signs nobody in."""
    usages: frozenset[str]
    """Of KeyUsage, one of them where the certificate has it: what a key that signs statements says."""
    spelt_out: bool = False
    """Whether purposes and key usage must be there: for rights that go beyond one's own vote."""
    max_depth: int = 4
    """Certificates between root and person, self-issued ones too: no people's PKI is deeper."""


MEMBERS = CertificatePolicy(
    "members",
    frozenset({Purpose.CLIENT_AUTH, Purpose.SMARTCARD_LOGON, Purpose.ANY_EXTENDED_KEY_USAGE}),
    # A card's key for signatures (PIV 9C) may say content commitment alone.
    frozenset({"digital_signature", "content_commitment"}),
)
OFFICERS = CertificatePolicy(
    "officers",
    frozenset({Purpose.CLIENT_AUTH, Purpose.SMARTCARD_LOGON}),
    frozenset({"digital_signature"}),
    spelt_out=True,
)


def path(
    certificate: x509.Certificate,
    roots: Sequence[x509.Certificate],
    between: Sequence[x509.Certificate],
    at: datetime,
    policy: CertificatePolicy,
) -> list[x509.Certificate]:
    """From the certificate to one of the roots, both included. Raises Untrusted("no_path")."""
    if not roots:
        raise Untrusted("no_path", "no root is trusted")
    verifier = (
        PolicyBuilder()
        .store(Store(list(roots)))
        .time(at)
        .max_chain_depth(policy.max_depth)
        .extension_policies(ca_policy=_AUTHORITIES, ee_policy=_of_people(policy))
        .build_client_verifier()
    )
    try:
        return verifier.verify(certificate, list(between)).chain
    except (VerificationError, *UNREADABLE) as error:
        raise Untrusted("no_path", str(error)) from None


def _any_purpose(_: Policy, __: x509.Certificate, found: x509.ExtendedKeyUsage | None) -> None:
    if found is not None and MEMBERS.purposes.isdisjoint(found):
        raise ValueError("the authority isn't for people who sign in")


# The web's rules for authorities are RFC 5280's, but for the purpose, which they want to be TLS's.
_AUTHORITIES = ExtensionPolicy.webpki_defaults_ca().may_be_present(
    x509.ExtendedKeyUsage, Criticality.AGNOSTIC, _any_purpose
)


def _of_people(policy: CertificatePolicy) -> ExtensionPolicy:
    def may_sign(_: Policy, __: x509.Certificate, found: x509.KeyUsage | None) -> None:
        if found is None:
            _asked(policy, "key usage")
        elif found.key_cert_sign or not any(getattr(found, usage) for usage in policy.usages):
            raise ValueError("the key may not sign statements")

    def may_sign_in(_: Policy, __: x509.Certificate, found: x509.ExtendedKeyUsage | None) -> None:
        if found is None:
            _asked(policy, "purposes")
        elif policy.purposes.isdisjoint(found):
            raise ValueError("the certificate isn't for signing in")

    return (
        ExtensionPolicy.permit_all()
        .may_be_present(x509.BasicConstraints, Criticality.AGNOSTIC, _no_authority)
        .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, may_sign)
        .may_be_present(x509.ExtendedKeyUsage, Criticality.AGNOSTIC, may_sign_in)
        .may_be_present(x509.AuthorityKeyIdentifier, Criticality.NON_CRITICAL, None)
        .may_be_present(x509.AuthorityInformationAccess, Criticality.NON_CRITICAL, None)
        .require_not_present(x509.NameConstraints)
    )


def _asked(policy: CertificatePolicy, what: str) -> None:
    if policy.spelt_out:
        raise ValueError(f"a certificate of {policy.holders} must say its {what}")


def _no_authority(_: Policy, __: x509.Certificate, found: x509.BasicConstraints | None) -> None:
    if found is not None and found.ca:
        raise ValueError("an authority's certificate is nobody's card")
