from django.contrib import admin

from autosilo.platform.journey.returns.models import CarReturn
from autosilo.platform.kit.admin_base import ReadOnlyAdmin


@admin.register(CarReturn)
class CarReturnAdmin(ReadOnlyAdmin):
    list_display = ("trial", "bay", "asked_at", "taken_in_at", "driven_km", "refused_reason")
    list_filter = ("refused_reason",)
    list_select_related = ("trial",)
    search_fields = ("trial__id", "trial__car__plate")
