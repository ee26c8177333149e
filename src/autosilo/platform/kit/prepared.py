"""Reads that every page makes: Django writes their SQL once, and PostgreSQL keeps their plan.

Writing the SQL of a read with its relations costs Django more than PostgreSQL needs to answer it, and planning it anew
costs PostgreSQL more than running it. A ``Prepared`` read pays both once for each process and connection.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import psycopg
from django.db import connection, models
from django.db.models.query import get_related_populators
from django.db.transaction import TransactionManagementError

from autosilo.platform.kit import hot

M = TypeVar("M", bound=models.Model)
Build = Callable[[tuple[Any, ...]], M]


class Given(models.Expression):
    """Stands in the queryset for a value that is given with each read."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]


class Prepared(Generic[M]):
    """``make`` gives the queryset, with ``Given`` for what changes from read to read; all else is kept in the SQL.
    ``locks``: the rows, until the transaction ends that has been begun."""

    def __init__(self, make: Callable[[], models.QuerySet[M]], *, locks: bool = False) -> None:
        self._make = make
        self._locks = locks
        self._written: tuple[str, Build[M]] | None = None

    def one(self, **values: object) -> M | None:
        """The first row, of which there is mostly one. Raises Django's errors of the database."""
        rows, build = self._read(values)
        return build(rows[0]) if rows else None

    def every(self, **values: object) -> list[M]:
        """All rows, in the queryset's order. Raises Django's errors of the database."""
        rows, build = self._read(values)
        return [build(row) for row in rows]

    def _read(self, values: Mapping[str, object]) -> tuple[Sequence[tuple[Any, ...]], Build[M]]:
        if self._locks and not connection.in_atomic_block:
            raise TransactionManagementError("a row is locked in a transaction only")
        sql, build = self._written or self._write()
        with connection.wrap_database_errors:
            return hot.plain(sql, values), build

    def _write(self) -> tuple[str, Build[M]]:
        compiler = self._make().query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        if "%%" in sql:
            raise ValueError("a prepared read has no per cent sign of its own")
        written = sql % tuple(_in_sql(one) for one in params)
        self._written = written, _builder(compiler)
        return self._written


def _in_sql(value: object) -> str:
    return f"%({value.name})s" if isinstance(value, Given) else psycopg.sql.quote(value)


def _builder(compiler: Any) -> Any:
    """As ``django.db.models.query.ModelIterable`` makes a row of it, with the relations that were selected."""
    info = compiler.klass_info
    first, after = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column[0].target.attname for column in compiler.select[first:after]]
    related = get_related_populators(info, compiler.select, connection.alias)  # type: ignore[call-arg]  # Django 6's
    converters = compiler.get_converters([column[0] for column in compiler.select])

    def build(row: tuple[Any, ...]) -> Any:
        (values,) = compiler.apply_converters([row], converters)
        made = info["model"].from_db(connection.alias, names, values[first:after])
        for one in related:
            one.populate(values, made)
        return made

    return build
