from django.contrib import admin

from autosilo.platform.kit.admin_base import KeptAdmin, ReadOnlyAdmin, all_fields
from autosilo.platform.resources.sites.models import OutgoingOrder, SeenFact, Site

# Everything else comes from the site's file, or from the site itself.
OPERATORS_CHOICE = "open_for_booking"


@admin.register(Site)
class SiteAdmin(KeptAdmin):
    list_display = ("slug", "name_en", "open_for_booking", "free_bays", "held_reason", "last_heard_at")
    search_fields = ("slug", "name_en", "name_zh")
    fields = all_fields(Site, without=("sealing_public_key",))
    readonly_fields = tuple(name for name in fields if name != OPERATORS_CHOICE)

    def has_add_permission(self, request: object) -> bool:
        return False


@admin.register(OutgoingOrder)
class OutgoingOrderAdmin(ReadOnlyAdmin):
    """Without the payload: it carries digests of passes and sealed templates."""

    list_display = ("__str__", "site", "created_at", "sent_at")
    list_filter = ("site", "sent_at")
    list_select_related = ("site",)
    date_hierarchy = "created_at"
    fields = ("site", "created_at", "sent_at")


@admin.register(SeenFact)
class SeenFactAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "site", "seen_at")
    list_filter = ("kind", "site")
    list_select_related = ("site",)
    search_fields = ("id",)
    date_hierarchy = "seen_at"
