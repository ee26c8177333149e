"""What came of a run: one result a check, and what belongs at the head of the report."""

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

VERSION = 1
"""Of the JSON form."""


class Outcome(StrEnum):
    PASSED = "PASS"
    FAILED = "FAIL"
    SKIPPED = "SKIP"


@dataclass(frozen=True)
class Result:
    """``says``: what the contract asks for, in ``section`` of docs/reference/mailbox.md; ``seen``: what was seen, or
    why the check was not made."""

    id: str
    section: str
    says: str
    outcome: Outcome
    seen: str
    seconds: float


@dataclass(frozen=True)
class Report:
    """``began`` is in UTC. ``left`` is what the last check left behind, if the machine could not be brought to rest."""

    site: str
    endpoint: str
    level: str
    began: datetime
    seconds: float
    certificate: str
    """SHA-256 of the PLC's certificate."""
    software: str
    """What the server says of itself."""
    results: tuple[Result, ...]
    left: str | None = None

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(one.outcome for one in self.results)
        return {outcome.value: found[outcome] for outcome in Outcome}

    @property
    def passed(self) -> bool:
        """No check failed, and at least one was made."""
        return not self.counts["FAIL"] and bool(self.counts["PASS"])

    def as_json(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            **asdict(self),
            "began": self.began.isoformat(),
            "counts": self.counts,
            "passed": self.passed,
        }
