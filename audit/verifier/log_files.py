"""The first layer: files, entries, chain, tree and checkpoint. Without it there is nothing to build on."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from audit import bundle, catalogue, checkpoint, entry, tiles
from audit.bundle import Source
from audit.checkpoint import Checkpoint, Vkey
from audit.entry import Entry
from audit.errors import BadCheckpoint, BadEntry
from audit.merkle import Tree
from audit.test_mode import is_test_origin
from audit.tiles import BadTile
from audit.verifier.anchor import Anchor
from audit.verifier.order import check_order
from audit.verifier.report import Finding


@dataclass(slots=True)
class LogFiles:
    head: Checkpoint | None = None
    key: Vkey | None = None
    """The key that signed the head: the anchor's, or without an anchor the one that the export shows."""
    raw: list[bytes] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    """Empty unless every entry could be read."""
    tree: Tree = field(default_factory=Tree)
    continued: list[Checkpoint] = field(default_factory=list)
    """Of the heads seen earlier, those of which this log is the continuation."""
    findings: list[Finding] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Every entry is what the checkpoint commits to: what they say may be judged."""
        return self.head is not None and bool(self.entries) and self.tree.root() == self.head.root


def read(source: Source, anchor: Anchor | None, seen: Sequence[str] = ()) -> LogFiles:
    """Reads and judges everything below `log/`. Raises nothing: what is wrong stands in the findings.

    `seen`: signed notes of heads that the reader saw, besides the anchor's.
    """
    log = LogFiles()
    log.findings += _read_head(log, source, anchor)
    if log.head is None:
        return log
    log.findings += _check_files(source, log.head.size)
    if log.head.size <= _most(source):
        log.findings += _read_bundles(log, source)
    log.tree = Tree(tiles.leaf_hashes(log.raw))
    log.findings += _check_tiles(log, source)
    log.findings += _read_entries(log)
    log.findings += _check_root(log)
    if anchor and anchor.checkpoint:
        log.findings += _check_seen(log, anchor.checkpoint)
    for note in seen:
        log.findings += _check_note(log, note)
    return log


def _read_head(log: LogFiles, source: Source, anchor: Anchor | None) -> Iterator[Finding]:
    try:
        text = source[bundle.CHECKPOINT].decode("utf-8")
        log.head = checkpoint.parse(text)
    except (KeyError, UnicodeDecodeError, BadCheckpoint) as error:
        yield Finding("error", "checkpoint_unreadable", f"no checkpoint: {error}", bundle.CHECKPOINT)
        return
    shown = yield from _shown_key(source)
    log.key = anchor.vkey if anchor else shown
    if log.key is None:
        return
    if anchor and shown and str(shown) != str(anchor.vkey):
        text_ = f"the export shows the key {shown}, the reader holds {anchor.vkey}"
        yield Finding("error", "vkey_differs", text_, bundle.VKEY)
        if is_test_origin(shown.name) and not is_test_origin(anchor.vkey.name):
            text_ = f"{shown.name} is a log for trying things out: nothing in it counts"
            yield Finding("error", "test_log", text_, bundle.VKEY)
    try:
        checkpoint.verify(text, log.key)
    except BadCheckpoint as error:
        yield _unsigned(text, shown, str(error))


def _shown_key(source: Source) -> Generator[Finding, None, Vkey | None]:
    try:
        return checkpoint.parse_vkey(source[bundle.VKEY].decode("utf-8"))
    except (KeyError, UnicodeDecodeError, BadCheckpoint) as error:
        yield Finding("error", "vkey_unreadable", f"no verifier key: {error}", bundle.VKEY)
    return None


def _unsigned(text: str, shown: Vkey | None, why: str) -> Finding:
    """Tells a log that somebody else signed, whole, from one whose checkpoint is damaged."""
    try:
        if shown is not None:
            checkpoint.verify(text, shown)
            why = f"the log is signed throughout with another key than the reader's: {why}"
            return Finding("error", "signed_by_other_key", why, bundle.CHECKPOINT)
    except BadCheckpoint:
        pass
    return Finding(
        "error", "checkpoint_signature", f"the checkpoint isn't signed: {why}", bundle.CHECKPOINT
    )


def _most(source: Source) -> int:
    """Entries that so many files can hold: an unsigned checkpoint may name any size."""
    return len(source) * tiles.WIDTH


def _check_files(source: Source, size: int) -> Iterator[Finding]:
    if size > _most(source):
        yield Finding(
            "error", "file_missing", f"{len(source)} files aren't a log of {size} entries", bundle.LOG
        )
        return
    expected = {bundle.LOG + path for path in tiles.paths(size)} | {bundle.CHECKPOINT, bundle.VKEY}
    present = {path for path in source if path.startswith(bundle.LOG)}
    for path in sorted(expected - present - {bundle.CHECKPOINT, bundle.VKEY}):
        yield Finding("error", "file_missing", f"a log of {size} entries has this file", path)
    for path in sorted(present - expected):
        yield Finding("warning", "file_stray", f"no file of a log of {size} entries", path)


def _read_bundles(log: LogFiles, source: Source) -> Iterator[Finding]:
    assert log.head is not None
    for path, width in tiles.bundle_paths(log.head.size):
        where = _bundle_or_other_width(source, bundle.LOG + path)
        try:
            found = tiles.unbundle(source.get(where, b""), where)
        except BadTile as error:
            yield Finding("error", "bundle_unreadable", str(error), where)
            return
        if len(found) != width:
            text = f"holds {len(found)} entries, not {width}"
            yield Finding("error", "bundle_count", text, where)
        log.raw += found


def _bundle_or_other_width(source: Source, path: str) -> str:
    """The file asked for, or the same bundle with another width: it may still say which entry is gone."""
    if path in source:
        return path
    base = path.partition(".p/")[0]
    return next((other for other in sorted(source) if other.partition(".p/")[0] == base), path)


def _check_tiles(log: LogFiles, source: Source) -> Iterator[Finding]:
    below = _Below(source)
    for broken in tiles.check_tiles(below, log.tree):
        if bundle.LOG + broken.path in source:
            yield Finding("error", "tile_differs", str(broken), bundle.LOG + broken.path)


class _Below(Mapping[str, bytes]):
    """The files below `log/`, by their paths there."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def __getitem__(self, path: str) -> bytes:
        return self._source[bundle.LOG + path]

    def __iter__(self) -> Iterator[str]:
        return (path.removeprefix(bundle.LOG) for path in self._source if path.startswith(bundle.LOG))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _read_entries(log: LogFiles) -> Iterator[Finding]:
    entries = []
    for position, data in enumerate(log.raw):
        try:
            found = entry.decode(data)
            catalogue.check(found)
            entries.append(found)
        except BadEntry as error:
            yield Finding("error", "entry_malformed", str(error), f"entry {position}")
    yield from check_order(log.raw, entries)
    if len(entries) == len(log.raw):
        log.entries = entries


def _check_root(log: LogFiles) -> Iterator[Finding]:
    assert log.head is not None
    if (log.tree.size, log.tree.root()) != (log.head.size, log.head.root):
        text = f"the {log.tree.size} entries don't hash to the checkpoint's root of {log.head.size}"
        yield Finding("error", "root_differs", text, bundle.CHECKPOINT)


def _check_seen(log: LogFiles, seen: Checkpoint) -> Iterator[Finding]:
    """The head that the reader saw earlier must be a prefix of this log."""
    if seen.size > log.tree.size:
        text = f"the reader saw a head of {seen.size} entries, this log ends at {log.tree.size}"
        yield Finding("error", "log_truncated", text, bundle.CHECKPOINT)
    elif log.tree.root(seen.size) != seen.root:
        text = f"the first {seen.size} entries aren't those under the head that the reader saw"
        yield Finding("error", "log_rewritten", text, bundle.CHECKPOINT)
    else:
        log.continued.append(seen)


def _check_note(log: LogFiles, note: str) -> Iterator[Finding]:
    """A photographed head is a witness only where the log's own key signed it: anybody can show a QR."""
    if log.key is None:
        return
    try:
        seen = checkpoint.verify(note, log.key)
    except BadCheckpoint as error:
        text = f"what was seen is no checkpoint of this log by the key {log.key.name}: {error}"
        yield Finding("error", "seen_of_another_log", text)
        return
    yield from _check_seen(log, seen)
