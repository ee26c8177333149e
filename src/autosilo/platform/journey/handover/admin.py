from django.contrib import admin

from autosilo.platform.journey.handover.models import Handover
from autosilo.platform.kit.admin_base import ReadOnlyAdmin


@admin.register(Handover)
class HandoverAdmin(ReadOnlyAdmin):
    list_display = ("trial", "method", "station", "identified_at", "handed_over_at")
    list_filter = ("method",)
    list_select_related = ("trial",)
    search_fields = ("trial__id", "trial__car__plate")
