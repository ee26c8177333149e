from django.contrib import admin

from autosilo.platform.journey.eligibility.models import CreditCheck, EligibilityDecision, Review, ScheduledPolicy
from autosilo.platform.kit.admin_base import ReadOnlyAdmin


@admin.register(CreditCheck)
class CreditCheckAdmin(ReadOnlyAdmin):
    list_display = ("person", "meets", "threshold", "asked_at", "valid_until")
    list_filter = ("meets",)
    list_select_related = ("person",)
    search_fields = ("person__email",)
    date_hierarchy = "asked_at"


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):
    list_display = ("person", "car_model", "state", "due_at", "decided_by")
    list_filter = ("state",)
    list_select_related = ("person", "car_model", "decided_by")
    search_fields = ("person__email",)


@admin.register(ScheduledPolicy)
class ScheduledPolicyAdmin(ReadOnlyAdmin):
    list_display = ("name", "version", "market", "valid_from", "withdrawn_at")


@admin.register(EligibilityDecision)
class EligibilityDecisionAdmin(ReadOnlyAdmin):
    exclude = ("facts",)  # a birth date is among them
    list_display = ("person", "car_model", "policy", "allowed", "at")
    list_filter = ("allowed", "policy")
    list_select_related = ("person", "car_model")
    search_fields = ("person__email", "car_model__name")
    date_hierarchy = "at"
