"""`hall pki` as a process on real pcscd and vpcd, and public PIV programs beside it."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_public_key

from firmware_bridge.cards.management_key import FACTORY_KEY, ManagementAlgorithm, ManagementKey
from simulators.authority import Authority
from simulators.card import SimulatedCard
from tests.firmware_bridge.cards.contract import AT
from tests.firmware_bridge.pcscd import Stage

PIN, PASSPHRASE = "271828", "mười hai ký tự trở lên"
MEMBERS = "id,name,delegation,since,until,weight,seat\nm1,Nguyễn Thị Đại Biểu,Huế,2021-05-23,,,\n"
MODULE = "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so"
GENERATE = 0x47
TRIPLE = ManagementAlgorithm.TRIPLE_DES


async def started(*command: str, secrets: tuple[str, ...] = ()) -> asyncio.subprocess.Process:
    """Each secret comes to the program through a pipe: {0}, {1} in `command`."""
    pipes = [os.pipe() for _ in secrets]
    for (_, write), secret in zip(pipes, secrets, strict=True):
        os.write(write, f"{secret}\n".encode())
        os.close(write)
    reads = [read for read, _ in pipes]
    process = await asyncio.create_subprocess_exec(
        *(part.format(*reads) for part in command), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, pass_fds=reads, cwd="/run/stage",
    )  # fmt: skip
    for read in reads:
        os.close(read)
    return process


async def ended(process: asyncio.subprocess.Process, before: str = "") -> str:
    """What it said on both its outputs, and how it ended."""
    told = (await process.communicate())[0].decode(errors="replace")
    return f"{before}{told}\nexit {process.returncode}"


async def said(*command: str) -> str:
    return await ended(await started(*command))


async def begun(*arguments: str, pin: str | None = PIN) -> asyncio.subprocess.Process:
    secrets = (PASSPHRASE,) if pin is None else (PASSPHRASE, pin)
    pin_fd = () if pin is None else ("--pin-fd", "{1}")
    command = (sys.executable, "-u", "-m", "hall_controller.cli", "pki", *arguments, *pin_fd)
    return await started(*command, "--by", "reg-1", "--passphrase-fd", "{0}", secrets=secrets)


async def hall(*arguments: str, pin: str | None = PIN) -> str:
    return await ended(await begun(*arguments, pin=pin))


def _write(name: str, text: str) -> str:
    path = Path("/run/stage") / name
    path.write_text(text, "utf-8")
    return str(path)


async def station(stage: Stage) -> Any:
    """From a blank card to a member's; then read by programs that are not ours."""
    _write("members.csv", MEMBERS)
    told = {"init": await hall("init", "--name", "CA thử", "--organisation", "HĐND", pin=None)}
    await stage.slots[0].insert(SimulatedCard.blank())
    reader = ("--reader", stage.readers[0])
    personalise = ("personalise", *reader, "--member", "m1", "--yes")
    told["personalised"] = await hall(*personalise)
    told["again"] = await hall(*personalise)
    told |= await _read_by_others(stage.readers[0])
    told["unblocked"] = await hall("unblock", *reader)
    told["after"] = await said("yubico-piv-tool", "-r", "Row0", "-a", "verify-pin", "-P", PIN)
    told["no_reader"] = await hall("unblock", "--reader", "nobody's")
    return told


async def pulled_in_the_middle(stage: Stage) -> Any:
    """The card goes while it makes its key, comes back, and the same command is run again."""
    _write("members.csv", MEMBERS)
    told = [await hall("init", "--name", "CA thử", "--organisation", "HĐND", pin=None)]
    card = SimulatedCard.blank(seconds={GENERATE: 1.0})
    await stage.slots[0].insert(card)
    command = ("personalise", "--reader", stage.readers[0], "--member", "m1", "--yes")
    process, screen = await begun(*command), ""
    assert process.stdout
    while "makes key 9A" not in screen and (line := await process.stdout.readline()):
        screen += line.decode()
    await stage.slots[0].pull()
    told.append(await ended(process, screen))
    # No hand is as quick as a program: pcscd, which looks every 400 ms, must have seen the slot empty.
    while "Card Removed" not in stage.log():  # noqa: ASYNC110 - only its log tells
        await asyncio.sleep(0.05)
    await stage.slots[0].insert(card)
    told.append(await hall(*command))
    listing = (sys.executable, "-m", "hall_controller.cli", "pki", "list")
    return [*told, await said(*listing)]


async def _read_by_others(reader: str) -> dict[str, str]:
    tool = ("yubico-piv-tool", "-r", "Row0")
    told = {"status": await said(*tool, "-a", "status")}
    for slot in ("9a", "9c"):
        certificate = f"/run/stage/{slot}.pem"
        await said(*tool, "-a", "read-certificate", "-s", slot, "-o", certificate)
        told[slot] = await said(
            "openssl", "x509", "-in", certificate, "-noout", "-text", "-nameopt", "utf8"
        )
        told[f"chain {slot}"] = await said(
            "openssl", "verify", "-CAfile", "pki/root.pem", "-untrusted", "pki/cards.pem", certificate
        )
        told[f"signed {slot}"] = await said(
            *tool, "-a", "verify-pin", "-P", PIN, "-a", "test-signature", "-s", slot, "-i", certificate
        )
    told["opensc"] = await said("opensc-tool", "-r", "0", "--name")
    told["pkcs11"] = await said("pkcs11-tool", "--module", MODULE, "--list-objects", "--type", "cert")
    told["pkcs11 signed"] = await _signed_by_pkcs11()
    for _ in range(3):
        told["blocked"] = await said(*tool, "-a", "verify-pin", "-P", "000000")
    return told


async def _signed_by_pkcs11() -> str:
    message, digest = _write("message", "a vote"), "/run/stage/digest"
    await said("openssl", "dgst", "-sha256", "-binary", "-out", digest, message)
    signature, public = "/run/stage/signature", "/run/stage/9a.pub"
    await said(
        "pkcs11-tool", "--module", MODULE, "--login", "--pin", PIN, "--sign", "--mechanism", "ECDSA",
        "--id", "01", "--signature-format", "openssl", "-i", digest, "-o", signature,
    )  # fmt: skip
    await said("openssl", "x509", "-in", "/run/stage/9a.pem", "-pubkey", "-noout", "-out", public)
    return await said("openssl", "dgst", "-sha256", "-verify", public, "-signature", signature, message)


async def administered_by_others(stage: Stage) -> Any:
    """yubico-piv-tool makes a key and writes a certificate on the simulated card, as on any PIV card.

    It shows 3DES keys only to cards that aren't their maker's.
    """
    await stage.slots[0].insert(SimulatedCard.blank(management=ManagementKey(TRIPLE, FACTORY_KEY)))
    while "Card inserted" not in stage.log():  # noqa: ASYNC110 - only its log tells
        await asyncio.sleep(0.05)
    tool = ("yubico-piv-tool", "-r", "Row0")
    public = _write("pub.pem", "")
    made = await said(*tool, "-a", "generate", "-s", "9a", "-A", "ECCP256", "-o", public)
    certificate = _certify(public)
    verify = ("-a", "verify-pin", "-P", "123456")
    return [
        made,
        await said(*tool, "-a", "import-certificate", "-s", "9a", "-i", certificate),
        await said(*tool, *verify, "-a", "test-signature", "-s", "9a", "-i", certificate),
        await said(*tool, "-a", "set-chuid"),
        await said(*tool, "-a", "status"),
        await said(*tool, "-a", "generate", f"-k{'11' * 24}", "-s", "9a", "-A", "ECCP256"),
    ]


def _certify(public: str) -> str:
    key = load_pem_public_key(Path(public).read_bytes())
    assert isinstance(key, ec.EllipticCurvePublicKey)
    der = Authority(AT).certify("m1", "Somebody", AT, key)
    pem = x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM)
    return _write("cert.pem", pem.decode())
