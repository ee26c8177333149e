"""What the bureau has answered, so that asking twice with one request id gives one answer, across restarts.

Kept: the request's id, a digest of its content and the reply. Neither the person nor the score is stored.
"""

import hashlib
import sqlite3
from pathlib import Path

from autosilo.twin.bureau.schema import Assessment, AssessmentRequest


class Conflict(Exception):
    """The request id was used for another question."""


class Ledger:
    """One SQLite file; ``:memory:`` for tests."""

    def __init__(self, path: Path | str) -> None:
        if isinstance(path, Path):
            path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS answer (request_id TEXT PRIMARY KEY, digest TEXT NOT NULL, reply TEXT NOT NULL)"
        )

    def find(self, question: AssessmentRequest) -> Assessment | None:
        """The answer already given. Raises ``Conflict`` when that id belongs to another question."""
        row = self._db.execute(
            "SELECT digest, reply FROM answer WHERE request_id = ?", (str(question.request_id),)
        ).fetchone()
        if row is None:
            return None
        if row[0] != _digest(question):
            raise Conflict(str(question.request_id))
        return Assessment.model_validate_json(row[1])

    def keep(self, question: AssessmentRequest, answer: Assessment) -> Assessment:
        """Store ``answer`` unless one was stored meanwhile; returns the one that counts."""
        self._db.execute(
            "INSERT OR IGNORE INTO answer VALUES (?, ?, ?)",
            (str(question.request_id), _digest(question), answer.model_dump_json()),
        )
        return self.find(question) or answer

    def close(self) -> None:
        self._db.close()


def _digest(question: AssessmentRequest) -> str:
    return hashlib.sha256(question.model_dump_json().encode()).hexdigest()
