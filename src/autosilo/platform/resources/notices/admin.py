from django.contrib import admin

from autosilo.platform.kit.admin_base import ReadOnlyAdmin
from autosilo.platform.resources.notices.models import Notice


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """Without the words that were written to a shopper."""

    list_display = ("kind", "person", "about", "created_at", "sent_at")
    list_filter = ("kind", ("sent_at", admin.EmptyFieldListFilter))
    list_select_related = ("person",)
    search_fields = ("person__email", "about")
    date_hierarchy = "created_at"
    fields = ("person", "kind", "about", "subject", "created_at", "sent_at")
