"""What the station says to the officer and the card's holder, in both languages."""

from collections.abc import Mapping

STEPS: Mapping[str, tuple[str, str]] = {
    "card": ("Thẻ số {guid}", "Card {guid}"),
    "new_card": ("Thẻ mới, sẽ mang số {guid}", "A blank card; it gets the number {guid}"),
    "goes_on": (
        "Thẻ này đã làm dở từ lần trước: làm lại từ đầu, chứng thư cũ bị thu hồi",
        "This card was left unfinished: begun anew, its earlier certificates are revoked",
    ),
    "proved": ("Thẻ và trạm đã xác thực lẫn nhau ({kind})", "Card and station proved themselves ({kind})"),
    "key_changed": ("Đã đổi khóa quản trị của thẻ ({kind})", "Its management key is changed ({kind})"),
    "only_3des": (
        "LƯU Ý: thẻ này chỉ biết 3DES cho khóa quản trị. Nên dùng loại thẻ có AES",
        "NOTE: this card knows only 3DES for its management key. Prefer cards with AES",
    ),
    "puk": ("Đã đặt PUK mới, cất trong kho khóa", "A new PUK is set, and kept in the vault"),
    "pin_on_pad": (
        "Đại biểu bấm PIN mới hai lần trên đầu đọc", "The holder types a new PIN twice on the reader"
    ),
    "pin": ("Đã đặt PIN", "The PIN is set"),
    "making": ("Thẻ đang tạo khóa {slot} ({kind})…", "The card makes key {slot} ({kind})…"),
    "written": ("Đã ghi chứng thư {slot} số {serial} vào thẻ", "Certificate {slot} {serial} is written"),
    "test_on_pad": (
        "Đại biểu bấm PIN trên đầu đọc để ký thử bằng khóa {slot}",
        "The holder types the PIN on the reader, for a test of key {slot}",
    ),
    "tested": ("Đọc lại và ký thử bằng khóa {slot}: đúng", "Read back, test signed by {slot}: right"),
    "done": ("Xong: thẻ của {holder}", "Done: {holder}'s card"),
    "unblocked": ("Đã mở khóa thẻ của {holder}, PIN mới có hiệu lực", "{holder}'s card has a new PIN"),
}  # fmt: skip
QUESTIONS: Mapping[str, tuple[str, str]] = {
    "blank": (
        "Làm thẻ cho {holder} – {name} trên thẻ đang ở đầu đọc? Mọi khóa có trong thẻ sẽ mất.",
        "Make the card in the reader {holder}'s ({name})? Every key that is on it will be lost.",
    ),
    "again": (
        "Đây đang là thẻ của {owner}. Xóa khóa, thu hồi chứng thư và làm thẻ cho {holder} – {name}?",
        "This card is {owner}'s. Destroy its keys, revoke its certificates, make it {holder}'s ({name})?",
    ),
}
DECLINED: Mapping[str, tuple[str, str]] = {
    "has_card": (
        "{holder} đang có thẻ còn hiệu lực ({serials}). Thu hồi trước, hoặc dùng --replaces LÝ_DO.",
        "{holder} has a card in force ({serials}). Revoke it first, or say --replaces REASON.",
    ),
    "personalised": (
        "Thẻ này đã làm xong và đang có hiệu lực cho {owner}. Dùng --again nếu muốn làm lại.",
        "This card was personalised and is in force for {owner}. Say --again to make it anew.",
    ),
    "not_confirmed": ("Không được xác nhận: chưa thay đổi gì.", "Not confirmed: nothing was changed."),
    "foreign_card": (
        "Thẻ không nhận khóa quản trị nào mà trạm biết: nhầm thẻ, hoặc thẻ do nơi khác quản trị.",
        "The card takes no management key that the station knows: the wrong card, or somebody else's.",
    ),
    "key_fixed": (
        "Thẻ không cho đổi khóa quản trị: không dùng được làm thẻ đại biểu.",
        "The card doesn't let its management key be changed: it can't be a member's card.",
    ),
    "puk_unknown": (
        "PUK của thẻ không phải PUK gốc hay PUK trong kho. Cần đặt lại thẻ bằng công cụ của hãng.",
        "The card's PUK is neither the factory's nor the vault's. Reset the card with its maker's tool.",
    ),
    "puk_blocked": (
        "PUK của thẻ đã bị khóa. Cần đặt lại thẻ bằng công cụ của hãng.",
        "The card's PUK is blocked. Reset the card with its maker's tool.",
    ),
    "not_ours": (
        "Sổ không có thẻ này: không có PUK để mở khóa.",
        "The register doesn't know this card: there is no PUK to unblock it with.",
    ),
}
