from django.contrib import admin

from autosilo.platform.kit.admin_base import HistoryInline, ReadOnlyAdmin, all_fields
from autosilo.platform.resources.payments.models import Payment, PaymentChange


class PaymentHistory(HistoryInline):
    model = PaymentChange


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    """Without the provider's client secret."""

    list_display = ("reference", "person", "amount", "state", "receipt_number", "created_at", "paid_at")
    list_filter = ("state", "currency")
    list_select_related = ("person",)
    search_fields = ("reference", "receipt_number", "intent_id", "person__email")
    date_hierarchy = "created_at"
    fields = all_fields(Payment, without=("client_secret",))
    inlines = (PaymentHistory,)
