from django.contrib import admin

from autosilo.platform.kit.admin_base import ReadOnlyAdmin, all_fields
from autosilo.platform.resources.towers.models import StaffOrder, TowerBook, TowerWaits, Walk, WalkPhoto


@admin.register(TowerBook)
class TowerBookAdmin(ReadOnlyAdmin):
    list_display = ("site", "said_at")


@admin.register(TowerWaits)
class TowerWaitsAdmin(ReadOnlyAdmin):
    list_display = ("site", "said_at")


@admin.register(StaffOrder)
class StaffOrderAdmin(ReadOnlyAdmin):
    list_display = ("kind", "about", "site", "by", "given_at", "state", "refused_because")
    list_filter = ("site", "kind", "state")
    list_select_related = ("site", "by")
    search_fields = ("id", "about")
    date_hierarchy = "given_at"


@admin.register(Walk)
class WalkAdmin(ReadOnlyAdmin):
    list_display = ("lift", "site", "since", "why", "ended_at")
    list_filter = ("site", "lift")
    list_select_related = ("site",)


@admin.register(WalkPhoto)
class WalkPhotoAdmin(ReadOnlyAdmin):
    """Without the picture: the console shows it to who may see it."""

    list_display = ("id", "walk", "by", "at", "width", "height")
    list_select_related = ("walk", "by")
    fields = all_fields(WalkPhoto, without=("jpeg",))
