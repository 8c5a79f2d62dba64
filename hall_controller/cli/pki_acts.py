"""What `hall pki` does: opens the authority, asks people, says what came of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import ValidationError
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from firmware_bridge.cards.errors import CardError, CardGone
from hall_controller import cards_csv
from hall_controller.cli import USAGE, err, fail, out
from hall_controller.cli.pki_asking import confirmed, passphrase
from hall_controller.cli.pki_person import Person
from hall_controller.clock import utc_now
from hall_controller.faults import BadFile
from hall_controller.pki import founding
from hall_controller.pki.authority import Authority
from hall_controller.pki.chain import fingerprint as printed
from hall_controller.pki.chain import read_chain
from hall_controller.pki.durable import replace_file
from hall_controller.pki.errors import Declined, RegisterBroken
from hall_controller.pki.ledger import Ledger
from hall_controller.pki.profiles import Kind, PublicKey, Wanted
from hall_controller.pki.register import Issued
from hall_controller.pki.settings import Settings
from hall_controller.roster import load_members


@contextmanager
def said() -> Iterator[None]:
    """Every refusal and fault as people read it; exit 2."""
    try:
        yield
    except Declined as no:
        err.print(f"[bold red]✗[/] {escape(no.text['vi'])}", soft_wrap=True, highlight=False, emoji=False)
        err.print(f"  {escape(no.text['en'])}", soft_wrap=True, highlight=False, emoji=False)
        raise typer.Exit(USAGE) from no
    except CardGone as gone:
        err.print("[bold red]✗[/] Thẻ đã bị rút ra. Đưa lại thẻ và chạy lại lệnh: mọi việc làm lại từ đầu.")
        err.print("  The card was pulled. Put it back and run the command again: it begins anew.")
        raise typer.Exit(USAGE) from gone
    except (CardError, BadFile, RegisterBroken, OSError, ValidationError) as error:
        raise fail(error) from error


def opened(folder: Path, fd: int | None, by: str) -> Authority:
    _founded(folder)
    return Authority(folder, passphrase(fd), by)


def _founded(folder: Path) -> None:
    if not (folder / "register.jsonl").exists():
        raise Declined(
            "no_authority", f"Chưa có CA trong {folder}: chạy `hall pki init` trước.",
            f"There is no authority in {folder}: begin with `hall pki init`.",
        )  # fmt: skip


def init(
    folder: Path, fd: int | None, by: str, name: str, organisation: str, country: str, utc_offset: str,
    crl_url: str | None,
) -> None:  # fmt: skip
    with said():
        settings = Settings(
            name=name, organisation=organisation, country=country, utc_offset=utc_offset, crl_url=crl_url
        )
        phrase = passphrase(fd, new=True)
        _found(folder, settings, phrase, by)
        with Authority(folder, phrase, by) as authority:
            lists = authority.publish(utc_now())
    out.print(f"[bold green]●[/] {escape(settings.name)}", highlight=False, emoji=False, soft_wrap=True)
    for line in (
        f'hall.toml: trust.ca = ["{folder / "cards.pem"}"]',
        f'hall.toml: trust.crl = ["{lists[founding.AUTHORITIES.index(founding.CARDS)]}"]',
        f"Root, to print and keep: {printed(_certificate(folder / 'root.pem'))}",
    ):
        out.print(f"  {escape(line)}", highlight=False, emoji=False, soft_wrap=True)


def _found(folder: Path, settings: Settings, phrase: str, by: str) -> None:
    try:
        founding.found(folder, settings, phrase, utc_now(), by)
    except FileExistsError as there:
        raise Declined(
            "not_empty",
            f"{folder} đã có tệp bên trong: không ghi đè.",
            f"{folder} isn't empty: nothing is overwritten.",
        ) from there


def import_chain(
    folder: Path, fd: int | None, by: str, file: Path, name: str, fingerprint: str | None
) -> None:
    with said():
        chain = read_chain(file.read_bytes(), utc_now())
        for one in chain.certificates:
            err.print(
                f"  {escape(one.subject.rfc4514_string())}", highlight=False, emoji=False, soft_wrap=True
            )
            err.print(f"    SHA-256 {printed(one)}", highlight=False, emoji=False, soft_wrap=True)
            err.print(f"    {one.not_valid_before_utc:%Y-%m-%d} – {one.not_valid_after_utc:%Y-%m-%d}")
        _compare(printed(chain.certificates[0]), fingerprint)
        with opened(folder, fd, by) as authority:
            path = authority.import_chain(chain, name, utc_now())
    out.print(
        f'[bold green]●[/] {path}   hall.toml: trust.ca = ["{path}"]',
        highlight=False,
        emoji=False,
        soft_wrap=True,
    )


def _compare(root: str, published: str | None) -> None:
    """Raises Declined unless somebody held the root's fingerprint against what the state published."""
    if published is not None:
        if published.replace(":", "").replace(" ", "").upper() != root.replace(":", ""):
            raise Declined(
                "other_root", "Vân tay của gốc khác với vân tay đã công bố. Không nhận.",
                "The root's fingerprint is not the one that was published. Not taken.",
            )  # fmt: skip
        return
    question = (
        "Vân tay của gốc có đúng như nhà nước công bố không?",
        "Is that the root's published fingerprint?",
    )
    if not confirmed(*question, yes=False):
        raise _not_confirmed()


def issue(
    folder: Path, fd: int | None, by: str, csr: Path, to: Path, member: str | None, officer: str | None,
    server: list[str] | None, device: str | None, name: str | None, members: Path,
) -> None:  # fmt: skip
    with said():
        key = _requested(csr)
        with opened(folder, fd, by) as authority:
            wanted = _wanted(authority, Person(member, officer, name, members), server, device)
            der = authority.issue(wanted, key, utc_now())
        replace_file(to, x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM))
    out.print(f"[bold green]●[/] {to}", highlight=False, emoji=False, soft_wrap=True)


def _wanted(authority: Authority, person: Person, server: list[str] | None, device: str | None) -> Wanted:
    now = utc_now()
    if server:
        return Wanted(
            Kind.SERVER, server[0], server[0], *authority.span(Kind.SERVER, now), names=(*server,)
        )
    if device:
        return Wanted(Kind.DEVICE, device, device, *authority.span(Kind.DEVICE, now))
    order = person.order()
    span = authority.span(order.kind, now, until=order.until)
    return Wanted(order.kind, order.holder, order.name, *span)


def _requested(path: Path) -> PublicKey:
    """The request's key. Raises Declined for what is no request, or not signed by its own key."""
    try:
        request = x509.load_pem_x509_csr(path.read_bytes())
        sound = request.is_signature_valid
    except (ValueError, TypeError, UnsupportedAlgorithm):
        sound = False
    if not sound:
        raise Declined(
            "no_request", f"{path} không phải yêu cầu cấp chứng thư (PEM) ký bằng chính khóa của nó.",
            f"{path} is no certificate request (PEM) that its own key signed.",
        )  # fmt: skip
    return request.public_key()  # type: ignore[return-value]


def revoke(
    folder: Path, fd: int | None, by: str, reason: str, serials: list[str], holder: str | None,
    card: str | None, yes: bool,
) -> None:  # fmt: skip
    with said(), opened(folder, fd, by) as authority:
        meant = [one for one in authority.register.issued.values() if one.revoked is None and (
            one.serial in serials or one.holder == holder or (card is not None and one.card == card)
        )]  # fmt: skip
        unknown = [one for one in serials if one not in {each.serial for each in meant}]
        if not meant or unknown:
            raise Declined(
                "nothing_meant", f"Không có chứng thư còn hiệu lực như vậy. {' '.join(unknown)}",
                f"There is no such certificate in force. {' '.join(unknown)}",
            )  # fmt: skip
        err.print(_table(meant))
        if not confirmed("Thu hồi vĩnh viễn các chứng thư này?", "Revoke these, for good?", yes):
            raise _not_confirmed()
        authority.revoke([one.serial for one in meant], reason, utc_now())
        lists = authority.publish(utc_now())
    _published(lists)


def crl(folder: Path, fd: int | None, by: str, days: int | None) -> None:
    with said(), opened(folder, fd, by) as authority:
        lists = authority.publish(utc_now(), days)
    _published(lists)


def _published(lists: list[Path]) -> None:
    for path in lists:
        until = x509.load_der_x509_crl(path.read_bytes()).next_update_utc
        out.print(
            f"[bold green]●[/] {path}  → {until:%Y-%m-%d %H:%M} UTC",
            highlight=False,
            emoji=False,
            soft_wrap=True,
        )


def show(folder: Path, kind: str | None, holder: str | None) -> None:
    with said():
        _founded(folder)
        ledger = Ledger(folder)
    found = [
        one for one in ledger.register.issued.values()
        if (kind is None or one.kind == kind) and (holder is None or one.holder == holder)
    ]  # fmt: skip
    out.print(_table(found))
    for card in ledger.register.unfinished():
        out.print(
            f"[yellow]![/] {card.guid}: làm dở · unfinished ({escape(card.holder)})",
            highlight=False,
            emoji=False,
        )
    out.print(f"register: {ledger.head}", highlight=False, emoji=False, soft_wrap=True)


def _table(found: list[Issued]) -> Table:
    table = Table()
    for name in ("serial", "kind", "holder", "key", "card", "until", "revoked", "by"):
        table.add_column(name, overflow="fold")
    for one in found:
        revoked = f"{one.revoked:%Y-%m-%d} {one.reason}" if one.revoked else ""
        until = one.day or f"{one.not_after:%Y-%m-%d}"
        cells = (one.serial, one.kind, one.holder, one.slot or "", one.card or "", until, revoked, one.by)
        table.add_row(*map(Text, cells), style="dim" if one.revoked else None)
    return table


def import_cards(folder: Path, fd: int | None, by: str, file: Path, members: Path) -> None:
    with said():
        known = {str(one.id) for one in load_members(members, None).members}
        cards = cards_csv.load(file, known)
        with opened(folder, fd, by) as authority:
            authority.record(utc_now(), "CardsListed", {"cards": [
                {"card": one.fingerprint, "member": one.holder, "kind": one.kind, "since": one.since,
                 "until": one.until} for one in cards
            ]})  # fmt: skip
    out.print(f"[bold green]●[/] {len(cards)}", highlight=False, emoji=False)


def export_cards(folder: Path, to: Path, own: bool) -> None:
    with said():
        _founded(folder)
        register = Ledger(folder).register
        cards = register.listed
        if own:
            cards = tuple(cards_csv.listed(one) for one in register.issued.values() if one.slot)
        replace_file(to, cards_csv.write(cards))
    out.print(f"[bold green]●[/] {to}: {len(cards)}", highlight=False, emoji=False, soft_wrap=True)


def _certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _not_confirmed() -> Declined:
    return Declined(
        "not_confirmed", "Không được xác nhận: chưa thay đổi gì.", "Not confirmed: nothing was changed."
    )
