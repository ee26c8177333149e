"""Counts the wall time that the platform spends in the database, in templates and in passwords (``autosilo.meter``)."""

from collections.abc import Callable
from functools import wraps
from time import thread_time
from typing import Any

from django.contrib.auth.hashers import ScryptPasswordHasher
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.template.backends.django import DjangoTemplates
from django.template.backends.django import Template as DjangoTemplate
from prometheus_client import Counter

from autosilo.meter import Part, spent

DIGEST_CPU = Counter("autosilo_digest_cpu_seconds", "CPU time of passwords' digests, which are slow on purpose")


def measure_database() -> None:
    """Time every statement and every commit of every connection from now on."""
    connection_created.connect(_wrap, dispatch_uid="autosilo.measuring")


def _wrap(connection: BaseDatabaseWrapper, **_more: object) -> None:
    if _timed in connection.execute_wrappers:
        return
    connection.execute_wrappers.append(_timed)
    connection.commit = _timed_commit(connection.commit)  # type: ignore[method-assign]  # wrappers see no commit


def _timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    with spent(Part.DATABASE):
        return execute(sql, params, many, context)


def _timed_commit(commit: Callable[[], None]) -> Callable[[], None]:
    @wraps(commit)
    def timed() -> None:
        with spent(Part.DATABASE):
            commit()

    return timed


class MeasuredTemplates(DjangoTemplates):
    """Django's templates, timed. A page is rendered at once, so inner templates are within the outer one's time."""

    def get_template(self, template_name: str) -> "MeasuredTemplate":
        found = super().get_template(template_name)
        return MeasuredTemplate(found.template, self)


class MeasuredTemplate(DjangoTemplate):
    def render(self, context: Any = None, request: Any = None) -> Any:
        with spent(Part.TEMPLATES):
            return super().render(context, request)


class MeasuredScrypt(ScryptPasswordHasher):
    """Django's scrypt, timed: making and checking a password both come through here."""

    def encode(self, *args: Any, **kwargs: Any) -> str:
        begun = thread_time()
        try:
            with spent(Part.DIGESTS):
                return super().encode(*args, **kwargs)
        finally:
            DIGEST_CPU.inc(thread_time() - begun)
