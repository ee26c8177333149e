"""Deferred work. A job is a row of the same PostgreSQL, so it stands or falls with the transaction that asks for it."""

from datetime import datetime
from typing import Any

from procrastinate.contrib.django import app


def defer(task: str, *, at: datetime | None = None, **arguments: Any) -> None:
    """Ask for ``task`` (its registered name) with JSON ``arguments``, at once or at ``at`` (real time, aware)."""
    app.configure_task(name=task, schedule_at=at, allow_unknown=True).defer(**arguments)
