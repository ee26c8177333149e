from django.contrib import admin

from autosilo.platform.journey.trial.models import Deadline, Trial, TrialChange
from autosilo.platform.kit.admin_base import HistoryInline, ReadOnly, ReadOnlyAdmin


class TrialHistory(HistoryInline):
    model = TrialChange


class DeadlineInline(ReadOnly, admin.TabularInline):
    model = Deadline
    fields = readonly_fields = ("kind", "due_at", "done_at")
    extra = 0


@admin.register(Trial)
class TrialAdmin(ReadOnlyAdmin):
    list_display = ("id", "state", "person", "car_model", "car", "site", "slot_start", "due_at", "ended_at")
    list_filter = ("state", "site", "car_model")
    list_select_related = ("person", "car_model", "car", "site")
    search_fields = ("id", "person__email", "car__plate", "car__vin")
    date_hierarchy = "created_at"
    inlines = (TrialHistory, DeadlineInline)
