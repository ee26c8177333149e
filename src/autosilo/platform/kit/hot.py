"""The connection that hot paths use: psycopg's own cursor, so that PostgreSQL keeps the plan of a prepared statement.

One statement is one transaction here, unless the caller has opened one.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db import connection, transaction
from psycopg.pq import TransactionStatus

from autosilo.meter import Part, spent

Link = psycopg.Connection[Any]

PREPARE_AFTER = 5
"""What psycopg itself waits for; ours ask to be prepared at once."""

_planned: WeakKeyDictionary[Link, set[str]] = WeakKeyDictionary()
"""The statements that each connection has a plan for."""


def rows(sql: str, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
    """Run one statement. Raises psycopg's own errors; a transaction that is open stays usable after them."""
    if connection.in_atomic_block:
        with transaction.atomic():
            return _rows(sql, values)
    return _rows(sql, values)


def plain(sql: str, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
    """Run one statement as Django does: its values as Django's fields convert them, and what goes wrong ends an open
    transaction."""
    return _rows(sql, values, binary=False)


def _rows(sql: str, values: Mapping[str, Any], *, binary: bool = True) -> Sequence[tuple[Any, ...]]:
    connection.ensure_connection()
    link = connection.connection
    if link.prepare_threshold is None:  # Django turns prepared statements off, since its own are bound by the client
        link.prepare_threshold = PREPARE_AFTER
    planned = _planned.setdefault(link, set())
    if sql not in planned:
        with _by_index(link):
            found = _run(link, sql, values, binary=binary)
        planned.add(sql)
    else:
        found = _run(link, sql, values, binary=binary)
    if connection.queries_logged:  # as Django's own cursor does, so that a test counts them
        connection.queries_log.append({"sql": sql, "time": "0"})
    return found


def _run(link: Link, sql: str, values: Mapping[str, Any], *, binary: bool) -> Sequence[tuple[Any, ...]]:
    with spent(Part.DATABASE):
        return psycopg.Cursor(link).execute(sql, values, prepare=True, binary=binary).fetchall()


@contextmanager
def _by_index(link: Link) -> Iterator[None]:
    """The first time a statement is run its plan is made, and kept until the table's statistics change. While a table
    is small PostgreSQL would plan to read all of it, and go on doing so as thousands of rows come in a minute."""
    link.execute("SET enable_seqscan = off")
    try:
        yield
    finally:
        if link.info.transaction_status != TransactionStatus.INERROR:  # what is rolled back takes the setting along
            link.execute("RESET enable_seqscan")
