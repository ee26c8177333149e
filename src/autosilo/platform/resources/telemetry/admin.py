from django.contrib import admin

from autosilo.platform.kit.admin_base import ReadOnlyAdmin
from autosilo.platform.resources.telemetry.models import CarReading


@admin.register(CarReading)
class CarReadingAdmin(ReadOnlyAdmin):
    list_display = ("car", "at", "charge", "range_km", "odometer_km", "locked", "plugged", "where")
    list_filter = ("where", "locked", "plugged")
    list_select_related = ("car",)
    search_fields = ("car__vin", "car__plate")
