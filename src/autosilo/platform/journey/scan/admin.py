from django.contrib import admin

from autosilo.platform.journey.scan.models import (
    Correction,
    CorrectionChange,
    Demand,
    GalleryChange,
    GalleryVersion,
)
from autosilo.platform.kit.admin_base import HistoryInline, ReadOnlyAdmin


class GalleryChangeInline(HistoryInline):
    model = GalleryChange


class CorrectionChangeInline(HistoryInline):
    model = CorrectionChange


@admin.register(GalleryVersion)
class GalleryVersionAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        "state",
        "kind",
        "encoder",
        "model_count",
        "photo_count",
        "top1",
        "top5",
        "asked_at",
        "asked_by",
    )
    list_filter = ("state",)
    list_select_related = ("asked_by",)
    exclude = ("data", "assessment")
    inlines = (GalleryChangeInline,)


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyAdmin):
    """Decided on the console's page, which shows the picture."""

    list_display = ("id", "state", "model", "taken_for", "sent_at", "keep_until", "decided_by")
    list_filter = ("state",)
    list_select_related = ("model", "decided_by")
    exclude = ("jpeg", "vector")
    inlines = (CorrectionChangeInline,)


@admin.register(Demand)
class DemandAdmin(ReadOnlyAdmin):
    list_display = ("day", "body", "make", "source", "count")
    list_filter = ("source", "body")
    date_hierarchy = "day"
