from django.contrib import admin

from autosilo.platform.journey.booking.models import Reservation
from autosilo.platform.kit.admin_base import ReadOnlyAdmin


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    list_display = ("car", "period", "active", "trial")
    list_filter = ("active",)
    list_select_related = ("car", "trial")
    search_fields = ("car__plate", "car__vin", "trial__id")
