"""The whole way on real parts: card, pcscd, `hall bridge`, broker, `hall run`, log; PINs from phones."""

from tests.firmware_bridge.pcscd import play
from tests.sittings.row_with_readers import SEATS


def test_members_sign_in_from_phones_and_vote() -> None:
    """Ends with a verified log and a recount; no file of hall or bridge holds a PIN."""
    scene = "tests.sittings.row_with_readers:members_sign_in_from_phones_and_vote"
    left = play(scene, readers=SEATS)
    assert left["told"] == []
    assert left["files"] > 10
