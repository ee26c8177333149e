from django.contrib import admin

from autosilo.platform.journey.purchase.models import Purchase
from autosilo.platform.kit.admin_base import ReadOnlyAdmin


@admin.register(Purchase)
class PurchaseAdmin(ReadOnlyAdmin):
    list_display = ("trial", "contract_version", "accepted_at", "completed_at", "payment")
    list_select_related = ("trial", "payment")
    search_fields = ("trial__id", "payment__reference")
    date_hierarchy = "accepted_at"
