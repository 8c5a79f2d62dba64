"""Sixteen virtual cards on two pcscd, in a network namespace: sign in, vote by card and by session key."""

from tests.firmware_bridge.pcscd import play
from tests.sittings.two_rows_with_readers import EACH, ROWS, SEATS


def test_sixteen_cards_sign_in_and_vote_by_card_and_by_session() -> None:
    """Ends with a verified log and a recount; then public PIV programs read and use the same cards."""
    scene = "tests.sittings.two_rows_with_readers:sixteen_cards_sign_in_and_vote_both_ways"
    seen = play(scene, readers=SEATS, daemons=ROWS, seconds=150)
    assert seen["certificates"] == SEATS, "each card's signature certificate stands beside the log"
    assert seen["readers"] == EACH
    assert seen["piv"]
    assert seen["token"]
    assert seen["slots"] == [True, True]
    assert seen["holder"]
    assert seen["signed"]
