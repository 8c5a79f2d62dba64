"""Lists that come while the hall runs: what holds, what is about to, and what never ceases to count."""

from datetime import UTC, datetime

import pytest

from audit.errors import Untrusted
from hall_controller.card_trust import CardTrust
from hall_controller.trust_stores import TrustStores
from simulators.authority import CRL_DAYS, Authority

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


@pytest.fixture
def authority() -> Authority:
    return Authority(NOW)


def code(trust: CardTrust, certificate: bytes) -> str:
    try:
        trust.judge(certificate, NOW)
    except Untrusted as no:
        return no.code
    return "trusted"


def test_until_a_new_list_is_recorded_both_must_let_a_card_in(authority: Authority) -> None:
    """A sign-in may land before the new list in the log, or behind it: it must be right in both places."""
    card = authority.issue("m1", "An", NOW).certificate
    first = authority.crl(NOW)
    authority.revoke(card, NOW)
    second = authority.crl(NOW)
    trust = CardTrust([authority.root], [first])
    assert code(trust, card) == "trusted"
    trust.comes([second])
    assert code(trust, card) == "revoked"
    late = CardTrust([authority.root], [])
    late.comes([first])
    assert code(late, card) == "crl_missing"
    late.holds([first])
    assert code(late, card) == "trusted"


def test_a_card_once_revoked_stays_so(authority: Authority) -> None:
    card, without = authority.issue("m1", "An", NOW).certificate, authority.crl(NOW)
    authority.revoke(card, NOW)
    trust = CardTrust([authority.root], [authority.crl(NOW)])
    trust.holds([without])
    assert code(trust, card) == "revoked"


def test_door_and_log_judge_by_the_same_object_so_that_a_card_is_judged_once(authority: Authority) -> None:
    """Also by a list that is about to be in force: what the log will judge by is made and known before."""
    first, second = authority.crl(NOW), authority.crl(NOW)
    stores = TrustStores([authority.root])
    trust = CardTrust([authority.root], [first], made=stores)
    trust.comes([second])
    assert len({id(stores.by(lists)) for lists in ([first], [first, second])}) == 2
    assert stores.by([first, second]) is stores.by([first, second])
    before = stores.by([first, second])
    trust.holds([second])
    assert stores.by([first, second]) is before


def test_lists_are_over_at_their_day(authority: Authority) -> None:
    trust = CardTrust([authority.root], [authority.crl(NOW)])
    assert trust.lists_are_current(NOW)
    assert not trust.lists_are_current(NOW.replace(day=21 + CRL_DAYS, minute=1))
