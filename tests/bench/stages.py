"""The stages of one vote, each alone and in the fastest form known: the largest of them is the floor.

Same messages (recorded from a real vote of the same run), same processes, same broker, nothing of ours.
"""

import asyncio
import multiprocessing
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from nacl.signing import SigningKey

from tests.bench.raw_mqtt import RawClient, publish

ENTRY_BYTES, PAYLOAD_BYTES = 420, 1536


@dataclass(frozen=True, slots=True)
class Message:
    topic: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Broker:
    port: int
    passwords: dict[str, str]

    async def client(self, user: str, topics: list[str]) -> RawClient:
        return await RawClient.connect(self.port, user, self.passwords[user], topics)


def _ms(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def signing(count: int) -> float:
    """`count` P-256 signatures by session keys, one after the other. Milliseconds."""
    key, scheme = ec.generate_private_key(ec.SECP256R1()), ec.ECDSA(hashes.SHA256())
    started = time.perf_counter()
    for number in range(count):
        key.sign(b"%500d" % number, scheme)
    return _ms(started)


def checking(count: int) -> float:
    key, scheme = ec.generate_private_key(ec.SECP256R1()), ec.ECDSA(hashes.SHA256())
    signed = [(key.sign(b"%500d" % number, scheme), b"%500d" % number) for number in range(count)]
    public = key.public_key()
    started = time.perf_counter()
    for signature, message in signed:
        public.verify(signature, message, scheme)
    return _ms(started)


def receipts(count: int) -> float:
    """Signed by the hall, verified by the bridges: the larger of the two. Milliseconds."""
    key = SigningKey.generate()
    started = time.perf_counter()
    signed = [key.sign(b"%300d" % number) for number in range(count)]
    signing_ms = _ms(started)
    started = time.perf_counter()
    for one in signed:
        key.verify_key.verify(one)
    return max(signing_ms, _ms(started))


def committing(count: int, folder: Path) -> float:
    """`count` entries with payloads, durable, in one transaction: nothing can be fewer."""
    store = sqlite3.connect(folder / "floor.db", isolation_level=None)
    store.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    store.execute("CREATE TABLE entry (seq INTEGER PRIMARY KEY, hash TEXT, data BLOB, blob TEXT)")
    store.execute("CREATE TABLE blob (sha256 TEXT PRIMARY KEY, data BLOB)")
    entries = [(n, f"{n:064x}", b"e" * ENTRY_BYTES, f"{n:064x}") for n in range(count)]
    blobs = [(f"{n * 7919:064x}", b"b" * PAYLOAD_BYTES) for n in range(count)]
    started = time.perf_counter()
    store.execute("BEGIN")
    store.executemany("INSERT INTO blob VALUES (?, ?)", blobs)
    store.executemany("INSERT INTO entry VALUES (?, ?, ?, ?)", entries)
    store.execute("COMMIT")
    elapsed = _ms(started)
    store.close()
    return elapsed


async def way_in(broker: Broker, hall: str, messages: Sequence[Message]) -> float:
    """The recorded messages from all bridges at once, until one subscriber in another process has them."""
    senders = {one.topic: await broker.client(one.topic.rsplit("/", 1)[1], []) for one in messages}
    return await _carried(broker, f"dh/{hall}/up/+", messages, senders)


async def way_back(broker: Broker, hall: str, messages: Sequence[Message]) -> float:
    """The recorded messages from one publisher in another process, until all bridges have theirs."""
    arrived, missing = asyncio.Event(), len(messages)

    def heard(topic: str, payload: bytes) -> None:
        nonlocal missing
        missing -= 1
        if not missing:
            arrived.set()

    for topic in {one.topic for one in messages}:
        (await broker.client(topic.rsplit("/", 1)[1], [topic])).heard = heard
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_publish, args=(theirs, broker, messages))
    process.start()
    await asyncio.to_thread(ours.recv)
    started = time.perf_counter()
    ours.send("go")
    await arrived.wait()
    elapsed = _ms(started)
    await asyncio.to_thread(process.join)
    return elapsed


async def _carried(
    broker: Broker, topic: str, messages: Sequence[Message], senders: dict[str, RawClient]
) -> float:
    ours, theirs = multiprocessing.Pipe()
    args = (theirs, broker, topic, len(messages))
    process = multiprocessing.get_context("spawn").Process(target=_subscribe, args=args)
    process.start()
    await asyncio.to_thread(ours.recv)
    started = time.perf_counter()
    for id, one in enumerate(messages, start=1):
        senders[one.topic].transport.write(publish(one.topic, one.payload, id))
    await asyncio.to_thread(ours.recv)
    elapsed = _ms(started)
    await asyncio.to_thread(process.join)
    for sender in senders.values():
        sender.transport.close()
    return elapsed


def _subscribe(pipe: Connection, broker: Broker, topic: str, count: int) -> None:
    async def main() -> None:
        done, missing = asyncio.Event(), count

        def heard(topic: str, payload: bytes) -> None:
            nonlocal missing
            missing -= 1
            if not missing:
                done.set()

        client = await broker.client("hall", [topic])
        client.heard = heard
        pipe.send("ready")
        await done.wait()
        pipe.send("all")
        client.transport.close()

    asyncio.run(main())


def _publish(pipe: Connection, broker: Broker, messages: Sequence[Message]) -> None:
    async def main() -> None:
        done, missing = asyncio.Event(), len(messages)

        def acked() -> None:
            nonlocal missing
            missing -= 1
            if not missing:
                done.set()

        client = await broker.client("hall", [])
        client.acked = acked
        pipe.send("ready")
        await asyncio.to_thread(pipe.recv)
        for id, one in enumerate(messages, start=1):
            client.transport.write(publish(one.topic, one.payload, id))
        await done.wait()
        client.transport.close()

    asyncio.run(main())
