"""What staff changed in the data pages, read-only; the console's audit links here."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry

from autosilo.platform.kit.admin_base import ReadOnlyAdmin


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin):
    list_display = ("action_time", "user", "content_type", "object_repr", "action_flag")
    list_filter = ("action_flag", "content_type")
    list_select_related = ("user", "content_type")
    search_fields = ("object_repr", "user__email")
    date_hierarchy = "action_time"
