"""The connection that hot paths use: psycopg's own cursor, so that PostgreSQL keeps the plan of a prepared statement.

One statement is one transaction here, unless the caller has opened one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection, transaction

from autosilo.meter import Part, spent

PREPARE_AFTER = 5
"""What psycopg itself waits for; ours ask to be prepared at once."""


def rows(sql: str, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
    """Run one statement. Raises psycopg's own errors; a transaction that is open stays usable after them."""
    if connection.in_atomic_block:
        with transaction.atomic():
            return _rows(sql, values)
    return _rows(sql, values)


def read(sql: str, values: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
    """Run one statement that only reads, for Django's fields to convert. What goes wrong ends an open transaction."""
    return _rows(sql, values, binary=False)


def _rows(sql: str, values: Mapping[str, Any], *, binary: bool = True) -> Sequence[tuple[Any, ...]]:
    connection.ensure_connection()
    link = connection.connection
    if link.prepare_threshold is None:  # Django turns prepared statements off, since its own are bound by the client
        link.prepare_threshold = PREPARE_AFTER
    with spent(Part.DATABASE):
        found = psycopg.Cursor(link).execute(sql, values, prepare=True, binary=binary).fetchall()
    if connection.queries_logged:  # as Django's own cursor does, so that a test counts them
        connection.queries_log.append({"sql": sql, "time": "0"})
    return found
