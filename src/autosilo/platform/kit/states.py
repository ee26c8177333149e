"""State change: a transition table, a compare-and-set on the row, a history row, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction


class CannotMove(Exception):
    """The row is not in a state from which ``to`` can be reached (perhaps someone else moved it)."""

    def __init__(self, *, what: str, state: str | None, to: str) -> None:
        self.state, self.to = state, to
        super().__init__(f"{what} is {state or 'missing'}, cannot become {to}")


@dataclass(frozen=True)
class Transitions:
    """Which state may follow which: ``{source: {targets}}``."""

    table: Mapping[str, frozenset[str]]

    def sources(self, to: str) -> list[str]:
        return [source for source, targets in self.table.items() if to in targets]


@transaction.atomic
def move(
    row: Any,
    *,
    to: str,
    table: Transitions,
    history: type[models.Model],
    now: datetime,
    by: str,
    detail: Mapping[str, Any] | None = None,
    locked: bool = False,
    **fields: Any,
) -> None:
    """Set ``row.state`` to ``to`` if the table allows it from the state that the database holds now.

    Writes ``fields`` with it and a ``history`` row (columns: subject, source, target, at, by, detail).
    ``locked``: ``row`` was read under a lock of this transaction, so that it needs no second look.
    Raises ``CannotMove``, and then nothing was written.
    """
    manager = type(row)._default_manager
    kept = manager.filter(pk=row.pk)
    source = row.state if locked else kept.select_for_update().values_list("state", flat=True).first()
    touched = kept.filter(state=source, state__in=table.sources(to)).update(state=to, **fields)
    if touched != 1:
        raise CannotMove(what=f"{type(row).__name__} {row.pk}", state=source, to=to)
    history._default_manager.create(subject=row, source=source, target=to, at=now, by=by, detail=dict(detail or {}))
    if locked:
        for name, value in {"state": to, **fields}.items():
            setattr(row, name, value)
    else:
        row.refresh_from_db()


class Change(models.Model):
    """Base of every history table; the concrete one adds ``subject``."""

    source = models.CharField(max_length=20)
    target = models.CharField(max_length=20)
    at = models.DateTimeField()
    by = models.CharField(max_length=120)
    detail = models.JSONField(default=dict)

    class Meta:
        abstract = True
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.source} -> {self.target}"
