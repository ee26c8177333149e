"""Facts that wait for the bus. A fact is put in the transaction that makes it true, and leaves when the bus has it."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from autosilo.site.db import SiteDb
from autosilo.wire.books import TowerBooks
from autosilo.wire.bus import InventoryReported
from autosilo.wire.message import Message
from autosilo.wire.wait import WaitsReported


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A fact as it will be published."""

    seq: int
    id: UUID
    body: bytes


class Outbox:
    """First in, first out; ``ready`` is set when there may be something to send."""

    def __init__(self, db: SiteDb) -> None:
        self._db = db
        self.ready = asyncio.Event()
        self.ready.set()

    def put(self, fact: Message) -> None:
        """Keep a fact. An inventory, the tower's books, or the waits that are told replace an older one that has not
        left yet: only the last is news."""
        kind = str(getattr(fact, "kind", ""))
        with self._db.transaction():
            if isinstance(fact, InventoryReported | TowerBooks | WaitsReported):
                self._db.execute("DELETE FROM outbox WHERE kind = ?", kind)
            self._db.execute(
                "INSERT INTO outbox (id, kind, body) VALUES (?, ?, ?)", str(fact.id), kind, fact.model_dump_json()
            )
        self.ready.set()

    def oldest(self, limit: int = 64) -> list[Letter]:
        rows = self._db.rows("SELECT seq, id, body FROM outbox ORDER BY seq LIMIT ?", limit)
        return [Letter(seq=row["seq"], id=UUID(row["id"]), body=row["body"].encode()) for row in rows]

    def sent(self, letter: Letter) -> None:
        self._db.execute("DELETE FROM outbox WHERE seq = ?", letter.seq)

    def holds(self, kind: str) -> bool:
        """Whether a fact of this kind has not left yet."""
        return self._db.row("SELECT 1 FROM outbox WHERE kind = ? LIMIT 1", kind) is not None

    def waiting(self) -> int:
        row = self._db.row("SELECT count(*) AS n FROM outbox")
        return int(row["n"]) if row else 0
