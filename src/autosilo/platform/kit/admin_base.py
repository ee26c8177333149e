"""Bases for the stock admin: what is looked at there, and never written."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest


class ReadOnly:
    """Mixin: no adding, no changing, no deleting. Records are written by the actions of their app alone."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, admin.ModelAdmin):
    list_per_page = 50
    show_full_result_count = False


class HistoryInline(ReadOnly, admin.TabularInline):
    """The rows of a ``Change`` table below their subject."""

    fields = ("at", "source", "target", "by", "detail")
    readonly_fields = fields
    extra = 0
    can_delete = False
    ordering = ("id",)


class KeptAdmin(admin.ModelAdmin):
    """May be changed by who has the permission; never deleted, because other records refer to it."""

    list_per_page = 50
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def all_fields(model: type[models.Model], *, without: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Names of the columns of ``model``, for a page that shows everything but secrets."""
    return tuple(field.name for field in model._meta.fields if field.name not in without)
