"""The contract of a store, on every store there is."""

import hashlib
from collections.abc import Iterator

import psycopg
import pytest

from audit.errors import LogBroken
from hall_controller.errors import StoreFailed
from hall_controller.store import open_reader, open_store
from hall_controller.store.port import Group, Head, Store, StoredBlob, StoredCertificate, StoredEntry
from tests.postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{request.getfixturevalue('tmp_path')}/var/hall.db"
    address: str = request.getfixturevalue("postgres_url")
    return address


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _entry(seq: int, blob: bytes | None = None, ballot: str | None = None, sit: str = "s1") -> StoredEntry:
    data = f"entry {seq} – Diên Hồng".encode()
    return StoredEntry(
        seq, _hash(data), sit, "BallotRecorded", data, None if blob is None else _hash(blob), ballot
    )


def _group(first: int, last: int) -> Group:
    payloads = {seq: b"payload %d \x00\xff" % seq for seq in range(first, last + 1)}
    entries = tuple(_entry(seq, payloads[seq], _hash(b"ballot %d" % seq)) for seq in payloads)
    return Group(entries, tuple(StoredBlob(_hash(data), "ballot", data) for data in payloads.values()))


def _content(store: Store) -> list[tuple[StoredEntry, bytes | None]]:
    return list(store.entries())


def test_a_new_store_is_empty(store: Store) -> None:
    assert store.head() is None
    assert _content(store) == []


def test_what_was_appended_is_read_back_in_order_with_its_payloads(store: Store) -> None:
    first, second = _group(0, 4), Group((_entry(5),))
    store.append(first)
    store.append(second)
    expected = [(entry, blob.data) for entry, blob in zip(first.entries, first.blobs, strict=True)]
    assert _content(store) == [*expected, (second.entries[0], None)]
    assert store.head() == Head(5, second.entries[0].hash)


def test_a_part_is_read_from_start_up_to_but_not_including_stop(store: Store) -> None:
    store.append(_group(0, 1300))
    assert [entry.seq for entry, _ in store.entries(3, 6)] == [3, 4, 5]
    assert [entry.seq for entry, _ in store.entries(1299)] == [1299, 1300]
    assert sum(1 for _ in store.entries()) == 1301


def test_entries_are_read_alone_where_nobody_needs_their_payloads(store: Store) -> None:
    group = _group(0, 9)
    store.append(group)
    assert list(store.entries_alone(2, 5)) == [entry.data for entry in group.entries[2:5]]
    assert list(store.entries_alone(8, 99)) == [entry.data for entry in group.entries[8:]]
    assert list(store.entries_alone(10, 20)) == []


def test_reading_goes_on_while_the_writer_writes(store: Store, url: str) -> None:
    store.append(_group(0, 1200))
    reader = open_reader(url)
    reading = reader.entries()
    assert next(reading)[0].seq == 0
    store.append(_group(1201, 1202))
    assert [entry.seq for entry, _ in reading][-1] in (1200, 1202)
    assert reader.head() == store.head()
    reader.close()


@pytest.mark.parametrize(
    "damaged",
    [
        Group((_entry(3), _entry(1))),  # a seq that stands there
        Group((_entry(3), _entry(4, ballot=_hash(b"ballot 0")))),  # a ballot that was recorded
        Group((_entry(3), _entry(4, blob=b"payload 1 \x00\xff")), _group(1, 1).blobs),  # a payload twice
        Group((_entry(3), _entry(4, blob=b"nowhere"))),  # an entry without its payload
    ],
)
def test_a_contradiction_breaks_the_log_and_leaves_no_trace(store: Store, damaged: Group) -> None:
    store.append(_group(0, 2))
    before = _content(store)
    with pytest.raises(LogBroken):
        store.append(damaged)
    assert _content(store) == before
    store.append(_group(3, 3))
    assert store.head() == Head(3, _entry(3).hash)


def test_certificates_are_kept_once(store: Store) -> None:
    an, binh = (StoredCertificate(_hash(der), der) for der in (b"an", b"binh"))
    store.append(Group((_entry(0),), certificates=(an, an)))
    store.append(Group((_entry(1),), certificates=(an, binh)))
    assert store.certificates([an.sha256, binh.sha256, _hash(b"nobody")]) == {
        an.sha256: b"an",
        binh.sha256: b"binh",
    }


def test_the_epoch_grows_with_each_start_and_the_log_stays(url: str) -> None:
    epochs = []
    for seq in range(3):
        store = open_store(url)
        epochs.append(store.epoch)
        store.append(_group(seq, seq))
        store.close()
    assert epochs == [1, 2, 3]
    reader = open_reader(url)
    assert [entry.seq for entry, _ in reader.entries()] == [0, 1, 2]
    reader.close()


def test_two_controllers_cannot_write_one_store(store: Store, url: str) -> None:
    with pytest.raises(StoreFailed, match="another controller"):
        open_store(url)
    store.append(_group(0, 0))
    store.close()
    heir = open_store(url)
    heir.append(_group(1, 1))
    heir.close()


def test_a_reader_needs_no_lease_and_cannot_start_a_store(store: Store, url: str) -> None:
    store.append(_group(0, 2))
    reader = open_reader(url)
    assert _content(store) == list(reader.entries())
    reader.close()


@pytest.mark.parametrize("wrong", ["hall.db", "sqlite://", "sqlite:///:memory:", "mysql://x/y"])
def test_an_address_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(StoreFailed):
        open_store(wrong)


def test_a_cut_connection_fails_the_group_whole_and_the_next_one_succeeds(postgres_url: str) -> None:
    store = open_store(postgres_url)
    store.append(_group(0, 0))
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory'")
        with pytest.raises(StoreFailed):
            store.append(_group(1, 3))
    assert store.head() == Head(0, _entry(0).hash)
    store.append(_group(1, 3))
    assert store.head() == Head(3, _entry(3).hash)
    store.close()


def test_a_silent_server_is_given_up_within_seconds(postgres_url: str) -> None:
    store = open_store(postgres_url)
    try:
        with store._engine.connect() as connection:  # what the driver was told is nowhere else to be seen
            told = connection.connection.dbapi_connection.info.get_parameters()  # type: ignore[union-attr]
        assert told["tcp_user_timeout"] == "3000"
        assert told["connect_timeout"] == "3"
        assert (told["keepalives_idle"], told["keepalives_interval"]) == ("3", "1")
        assert told["keepalives_count"] == "3"
    finally:
        store.close()


def test_a_woken_old_leader_can_write_nothing(postgres_url: str) -> None:
    old = open_store(postgres_url)
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory'")
    new = open_store(postgres_url)
    new.append(_group(0, 0))
    for _ in range(2):  # its connection is gone; then the lease is held by the other
        with pytest.raises(StoreFailed):
            old.append(_group(1, 1))
    new.close()
    with pytest.raises(LogBroken, match="took this log over"):
        old.append(_group(1, 1))
    old.close()
