import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.wire.lettering import SCREEN, fold, lines, screen


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ĐÃ GHI NHẬN", "DA GHI NHAN"),
        ("Không biểu quyết", "Khong bieu quyet"),
        ("Mời về ghế số 087", "Moi ve ghe so 087"),
        ("ữ ở ẵ ỵ đ", "u o a y d"),
        ("Đang gửi lại…", "Dang gui lai..."),
        ("“Tán thành” – 3 ⚖", '"Tan thanh" - 3 ?'),
        ("HẾT GIỜ BIỂU QUYẾT, KHÔNG GHI NHẬN", "HET GIO BIEU QUYET, "),
    ],
)
def test_vietnamese_becomes_plain_letters_cut_at_twenty(text: str, plain: str) -> None:
    assert fold(text) == plain


def test_letters_written_in_two_parts_fold_the_same() -> None:
    assert fold("Tán thành") == fold("Tán thành") == "Tan thanh"


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_fits_the_display(first: str, second: str) -> None:
    shown = screen((first, second))
    assert len(shown) == SCREEN
    assert lines(shown) == (fold(first).rstrip(), fold(second).rstrip())
