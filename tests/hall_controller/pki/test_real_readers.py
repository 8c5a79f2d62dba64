"""The station on Debian's pcscd, with a virtual reader: our command writes, public programs read."""

import shutil

import pytest

from tests.firmware_bridge.pcscd import play

HERE = "tests.hall_controller.pki.scenes"
needs_tools = pytest.mark.skipif(
    not all(map(shutil.which, ("yubico-piv-tool", "opensc-tool", "pkcs11-tool"))),
    reason="yubico-piv-tool or opensc is not installed",
)


@needs_tools
def test_a_card_from_our_station_is_everybodys_piv_card() -> None:
    told = play(f"{HERE}:station", readers=1)
    assert told["init"].endswith("exit 0"), told["init"]
    assert told["personalised"].endswith("exit 0"), told["personalised"]
    for step in ("A blank card", "proved themselves (AES_192)", "changed (AES_256)", "The PIN is set"):
        assert step in told["personalised"]
    assert "Read back, test signed by 9C: right" in told["personalised"]
    assert "Thẻ này đã làm xong" in told["again"]
    assert "exit 2" in told["again"]
    assert "serialNumber=m1" in told["status"], told["status"]
    assert "PIN tries left:\t3" in told["status"]
    for slot in ("9a", "9c"):
        assert told[f"chain {slot}"].startswith(f"/run/stage/{slot}.pem: OK")
        assert "Successful ECDSA verification" in told[f"signed {slot}"]
    assert "Non Repudiation" in told["9c"]
    assert "Non Repudiation" not in told["9a"]
    assert "Personal Identity Verification Card" in told["opensc"]
    assert told["pkcs11"].count("serialNumber=m1") == 2, told["pkcs11"]
    assert told["pkcs11 signed"].startswith("Verified OK"), told["pkcs11 signed"]
    assert "blocked" in told["blocked"].lower()
    assert told["unblocked"].endswith("exit 0"), told["unblocked"]
    assert "Successfully verified PIN" in told["after"]
    assert "Row0 00 00" in told["no_reader"], "the readers that are there are named"


@needs_tools
def test_a_card_pulled_while_it_makes_its_key() -> None:
    init, cut_off, again, listing = play(f"{HERE}:pulled_in_the_middle", readers=1)
    assert init.endswith("exit 0"), init
    assert "Thẻ đã bị rút ra" in cut_off
    assert "run the command again" in cut_off
    assert cut_off.endswith("exit 2")
    assert "This card was left unfinished" in again
    assert "proved themselves (AES_256)" in again, "under its own key, from the vault"
    assert again.endswith("exit 0"), again
    assert "unfinished" not in listing


@needs_tools
def test_the_simulated_card_is_administered_by_a_public_program() -> None:
    made, written, signed, named, status, foreign = play(f"{HERE}:administered_by_others", readers=1)
    assert "Successfully generated a new private key" in made, made
    assert "Successfully imported a new certificate" in written, written
    assert "Successful ECDSA verification" in signed, signed
    assert "Successfully set new CHUID" in named, named
    assert "serialNumber=m1" in status, status
    assert "Failed authentication" in foreign, foreign
