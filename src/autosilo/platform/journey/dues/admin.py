from django.contrib import admin

from autosilo.platform.journey.dues.models import Due
from autosilo.platform.kit.admin_base import ReadOnlyAdmin


@admin.register(Due)
class DueAdmin(ReadOnlyAdmin):
    list_display = ("trial", "kind", "payment", "wanted", "why", "kept_minor", "wanted_at", "done_at")
    list_filter = ("kind", "wanted", "why")
    list_select_related = ("trial", "payment")
    search_fields = ("trial__id", "payment__reference")
    date_hierarchy = "wanted_at"
