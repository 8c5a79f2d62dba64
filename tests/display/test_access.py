"""Codes are used once, sessions end, and nobody may do what the table doesn't say."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from display.access import Access, CodeNotValid, CodesNotTaken, Invitation
from display.officers import LIMITS, Limits, NotAnOfficerId, Officer, Officers
from display.throttle import MOST_ADDRESSES, Throttle, TooManyAttempts
from voting.ids import OfficerId

TEN_MINUTES = timedelta(minutes=10)
TRIAL = Officers(codes=True)


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
    return Access(clock, TRIAL)


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
    access = Access(clock, TRIAL, lambda hashed: waiting.pop(hashed, None))
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
    clock.forward(minutes=119)
    assert access.session(token, "officer")
    clock.forward(minutes=119)
    assert access.session(token, "officer"), "use keeps it alive"
    clock.forward(minutes=121)
    assert access.session(token, "officer") is None


def test_an_open_page_that_nobody_touches_keeps_no_officer_signed_in_but_a_phone(access, clock):
    console, _ = access.redeem(access.invite("officer", "an-1", TEN_MINUTES), "a")
    phone, _ = access.admit_member("m-001", "Trần B", "phone-key")
    for _ in range(3):
        clock.forward(minutes=59)
        access.session(console, "officer", by_hand=False)
        assert access.session(phone, "member", by_hand=False)
    assert access.session(console, "officer", by_hand=False) is None


def test_a_session_ends_after_the_longest_day_however_it_is_used(access, clock):
    token, _ = access.redeem(access.invite("officer", "an-1", TEN_MINUTES), "a")
    for _ in range(int(LIMITS["presiding"].longest / timedelta(minutes=30))):
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


def officer(id, post="secretary", **proof):
    return Officer(OfficerId(id), id.title(), post, **proof)


def test_each_post_has_limits_of_its_own(clock):
    access = Access(clock, Officers(limits=LIMITS | {"operator": Limits(TEN_MINUTES, TEN_MINUTES * 2)}))
    operator, _ = access.admit_officer(officer("van-hanh", "operator"), "card")
    secretary, _ = access.admit_officer(officer("thu-ky"), "card")
    clock.forward(minutes=11)
    assert access.session(operator, "officer") is None
    assert access.session(secretary, "officer")


def test_a_hall_that_takes_no_codes_signs_nobody_in_by_one(clock):
    access = Access(clock, Officers())
    with pytest.raises(CodesNotTaken):
        access.redeem(access.invite("officer", "an-1", TEN_MINUTES), "a")


def test_a_code_gives_a_listed_officer_the_post_of_the_list_and_anybody_else_all(clock):
    access = Access(clock, Officers((officer("van-hanh", "operator"),), codes=True))
    _, listed = access.redeem(access.invite("officer", "van-hanh", TEN_MINUTES), "a")
    _, other = access.redeem(access.invite("officer", "khach", TEN_MINUTES), "a")
    _, auditor = access.redeem(access.invite("auditor", "Kiểm toán", TEN_MINUTES), "a")
    assert [one.who for one in (listed, other, auditor)] == ["operator", "presiding", "auditor"]


def test_signing_out_everywhere_ends_every_session_of_that_officer_and_no_other(access):
    tokens = [access.admit_officer(officer("thu-ky"), "card")[0] for _ in range(3)]
    other, _ = access.admit_officer(officer("chu-toa", "presiding"), "card")
    waiting = access.ended(tokens[2])
    access.sign_out_everywhere("thu-ky")
    assert [access.session(token, "officer") for token in tokens] == [None] * 3
    assert waiting.is_set(), "its page is told at once"
    assert access.session(other, "officer")


def test_a_sign_in_is_fresh_for_a_while_only(access, clock):
    _, session = access.admit_officer(officer("thu-ky"), "card")
    clock.forward(minutes=15)
    assert access.is_fresh(session)
    clock.forward(seconds=1)
    assert not access.is_fresh(session)
    _, by_code = access.redeem(access.invite("officer", "an-1", TEN_MINUTES), "a")
    clock.forward(hours=1)
    assert access.is_fresh(by_code), "a code can't be shown twice, and no result counts there"


def test_a_sign_in_that_the_provider_remembers_is_as_old_as_it_says(access, clock):
    _, session = access.admit_officer(officer("thu-ky"), "openid", clock() - timedelta(minutes=20))
    assert not access.is_fresh(session)
    _, ahead = access.admit_officer(officer("thu-ky"), "openid", clock() + timedelta(minutes=20))
    assert ahead.proved == clock(), "no later than now, whatever its clock says"


def test_signing_in_again_ends_what_the_same_browser_held_but_not_before_its_page_knows(access, clock):
    before, _ = access.admit_officer(officer("thu-ky"), "card")
    _, session = access.admit_officer(officer("thu-ky"), "card")
    access.renewed(before, session)
    assert access.session(before, "officer")
    clock.forward(seconds=3)
    assert access.session(before, "officer") is None


def test_another_officers_sign_in_ends_nobody_elses_session(access, clock):
    before, _ = access.admit_officer(officer("thu-ky"), "card")
    _, session = access.admit_officer(officer("chu-toa", "presiding"), "card")
    access.renewed(before, session)
    clock.forward(minutes=1)
    assert access.session(before, "officer")
