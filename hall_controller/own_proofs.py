"""A member's proof and a ballot's `.tlog-proof`, from the store, while the hall sits: read in a thread."""

import asyncio
from collections.abc import Sequence

from audit import member_proof
from audit.member_proof import VotePlaces
from audit.merkle import Frontier, Tree
from hall_controller.founding import Founding
from hall_controller.log_files import LogFiles
from hall_controller.store.port import LogReader


class OwnProofs:
    def __init__(self, log: LogReader, files: LogFiles, known: Founding) -> None:
        self._log, self._files, self._known = log, files, known

    async def of_member(self, member: str, places: Sequence[VotePlaces], head: Frontier) -> bytes:
        """Raises StoreFailed, and LogBroken for what isn't in the log as it was recorded."""
        parts = await self._parts(head)
        made = await asyncio.to_thread(member_proof.make, parts, member, places, self._known.ca)
        return member_proof.encode(made)

    async def of_entry(self, seq: int, head: Frontier) -> str:
        return await asyncio.to_thread(member_proof.entry_proof, await self._parts(head), seq)

    async def _parts(self, head: Frontier) -> "_Parts":
        tree = await self._files.tree(head.size)
        return _Parts(self._log, tree, head, self._known.checkpoint(head))


class _Parts:
    """`member_proof.LogParts` of the store: each entry read once."""

    def __init__(self, log: LogReader, tree: Tree, head: Frontier, checkpoint: str) -> None:
        self._log, self._tree, self._head = log, tree, head
        self._read: dict[int, tuple[bytes, bytes | None]] = {}
        self.checkpoint = checkpoint

    def entry(self, seq: int) -> bytes:
        return self._of(seq)[0]

    def payload(self, seq: int) -> bytes:
        data = self._of(seq)[1]
        if data is None:
            raise LookupError(f"entry {seq} has no payload")
        return data

    def path(self, seq: int) -> Sequence[bytes]:
        return self._tree.inclusion(seq, self._head.size)

    def certificate(self, sha256: str) -> bytes:
        return self._log.certificates([sha256])[sha256]

    def _of(self, seq: int) -> tuple[bytes, bytes | None]:
        if seq not in self._read:
            for stored, payload in self._log.entries(seq, seq + 1):
                self._read[seq] = stored.data, payload
        return self._read[seq]
