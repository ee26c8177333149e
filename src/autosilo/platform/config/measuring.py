"""Counts the wall time that the platform spends in the database and in templates (``autosilo.meter``)."""

from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.template.backends.django import DjangoTemplates
from django.template.backends.django import Template as DjangoTemplate

from autosilo.meter import Part, spent


def measure_database() -> None:
    """Time every statement of every connection from now on."""
    connection_created.connect(_wrap, dispatch_uid="autosilo.measuring")


def _wrap(connection: BaseDatabaseWrapper, **_more: object) -> None:
    if _timed not in connection.execute_wrappers:
        connection.execute_wrappers.append(_timed)


def _timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    with spent(Part.DATABASE):
        return execute(sql, params, many, context)


class MeasuredTemplates(DjangoTemplates):
    """Django's templates, timed. A page is rendered at once, so inner templates are within the outer one's time."""

    def get_template(self, template_name: str) -> "MeasuredTemplate":
        found = super().get_template(template_name)
        return MeasuredTemplate(found.template, self)


class MeasuredTemplate(DjangoTemplate):
    def render(self, context: Any = None, request: Any = None) -> Any:
        with spent(Part.TEMPLATES):
            return super().render(context, request)
