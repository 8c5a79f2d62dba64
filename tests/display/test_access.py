"""Codes are used once, sessions end, and nobody may do what the table doesn't say."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from display.access import ACTS, LONGEST, RIGHTS, Access, CodeNotValid, Invitation, NotAnOfficerId, may
from display.throttle import MOST_ADDRESSES, Throttle, TooManyAttempts

TEN_MINUTES = timedelta(minutes=10)


class Hands:
    """A clock that a test moves."""

    def __init__(self):
        self.at = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)

    def __call__(self):
        return self.at

    def forward(self, **by):
        self.at += timedelta(**by)


@pytest.fixture
def clock():
    return Hands()


@pytest.fixture
def access(clock):
    return Access(clock)


def test_a_code_lets_in_once(access):
    code = access.invite("officer", "Nguyễn Thư ký", TEN_MINUTES, officer="secretary-1")
    token, session = access.redeem(code, "10.0.0.1")
    assert (session.role, session.name, session.officer) == ("officer", "Nguyễn Thư ký", "secretary-1")
    assert access.session(token, "officer") == session
    with pytest.raises(CodeNotValid):
        access.redeem(code, "10.0.0.1")


def test_a_code_has_128_random_bits_and_is_kept_as_a_hash_only(access):
    code = access.invite("auditor", "Kiểm toán", TEN_MINUTES)
    assert len(code) == 22
    token, _ = access.redeem(code, "a")
    kept = repr(vars(access))
    assert code not in kept
    assert token not in kept


def test_a_code_that_was_made_elsewhere_is_asked_for_by_its_hash(clock):
    code = "made-on-the-command-line"
    waiting = {
        sha256(code.encode()).hexdigest(): Invitation("officer", "A", "a-1", clock() + TEN_MINUTES),
    }
    access = Access(clock, lambda hashed: waiting.pop(hashed, None))
    _, session = access.redeem(code, "a")
    assert session.officer == "a-1"
    with pytest.raises(CodeNotValid):
        access.redeem(code, "a")


def test_a_code_is_over_at_its_time(access, clock):
    code = access.invite("officer", "an-1", TEN_MINUTES)
    clock.forward(minutes=10)
    with pytest.raises(CodeNotValid):
        access.redeem(code, "a")


@pytest.mark.parametrize("role", ["public", "member"])
def test_nobody_is_invited_into_a_role_that_has_no_code(access, role):
    with pytest.raises(ValueError, match="not invited"):
        access.invite(role, "A", TEN_MINUTES)


@pytest.mark.parametrize(
    "said", ["hall", "clock", "member", "a", "-a", "An", "thư-ký", "a b", "a\n", "a" * 41, ""]
)
def test_an_officers_id_is_plain_and_nobody_elses(access, said):
    with pytest.raises(NotAnOfficerId, match="officer's id"):
        access.invite("officer", said, TEN_MINUTES)
    access.invite("auditor", said, TEN_MINUTES)


def test_an_officer_has_an_id_of_his_own_beside_the_name(access):
    _, session = access.redeem(access.invite("officer", "Thư ký", TEN_MINUTES, "thu-ky-2"), "a")
    assert (session.name, session.officer) == ("Thư ký", "thu-ky-2")


def test_a_token_is_worth_nothing_in_another_role(access):
    token, _ = access.redeem(access.invite("auditor", "A", TEN_MINUTES), "a")
    assert access.session(token, "officer") is None
    assert access.session(None, "auditor") is None


def test_a_session_ends_when_nobody_uses_it(access, clock):
    token, _ = access.redeem(access.invite("officer", "an-1", TEN_MINUTES), "a")
    clock.forward(minutes=59)
    assert access.session(token, "officer")
    clock.forward(minutes=59)
    assert access.session(token, "officer"), "use keeps it alive"
    clock.forward(minutes=61)
    assert access.session(token, "officer") is None


def test_a_session_ends_after_the_longest_day_however_it_is_used(access, clock):
    token, _ = access.redeem(access.invite("officer", "an-1", TEN_MINUTES), "a")
    for _ in range(int(LONGEST / timedelta(minutes=30))):
        clock.forward(minutes=30)
        assert access.session(token, "officer")
    clock.forward(minutes=30)
    assert access.session(token, "officer") is None


def test_signing_out_ends_it_at_once(access):
    token, _ = access.admit_member("m-001", "Trần B", "phone-key")
    access.sign_out(token)
    assert access.session(token, "member") is None


def test_a_phone_that_is_taken_back_loses_its_sessions(access):
    kept, _ = access.admit_member("m-002", "C", "other-key")
    lost, _ = access.admit_member("m-001", "B", "phone-key")
    access.end_phone("phone-key")
    assert access.session(lost, "member") is None
    assert access.session(kept, "member")


def test_codes_are_not_tried_without_end(access, clock):
    for _ in range(10):
        with pytest.raises(CodeNotValid):
            access.redeem("guess", "10.0.0.9")
    with pytest.raises(TooManyAttempts):
        access.redeem("guess", "10.0.0.9")
    with pytest.raises(CodeNotValid):
        access.redeem("guess", "10.0.0.10")
    clock.forward(minutes=1)
    with pytest.raises(CodeNotValid):
        access.redeem("guess", "10.0.0.9")


def test_junk_from_the_same_address_never_keeps_a_right_code_out(access):
    """Officers and strangers may share an address: a proxy in front, one network behind another."""
    code = access.invite("officer", "A", TEN_MINUTES, officer="secretary-1")
    for _ in range(30):
        with pytest.raises((CodeNotValid, TooManyAttempts)):
            access.redeem("junk", "10.0.0.9")
    _, session = access.redeem(code, "10.0.0.9")
    assert session.officer == "secretary-1"


def test_a_flood_of_addresses_costs_bounded_memory(clock):
    throttle = Throttle(3, timedelta(minutes=1))
    for n in range(MOST_ADDRESSES + 100):
        throttle.note(str(n), clock())
    assert len(throttle._noted) == MOST_ADDRESSES


def test_every_act_is_the_officers_and_nobody_elses():
    for act in ACTS:
        assert RIGHTS[f"act:{act}"] == {"officer"}


def test_what_is_not_in_the_table_nobody_may_do():
    assert not may("officer", "act:declare_war")
    assert not may("public", "votes")
    assert may("auditor", "export")
    assert not may("officer", "ballot")
