from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from autosilo.platform.kit import clock
from autosilo.platform.kit.admin_base import KeptAdmin
from autosilo.platform.resources.fleet.actions import describe_cars
from autosilo.platform.resources.fleet.models import Car


@admin.register(Car)
class CarAdmin(KeptAdmin):
    list_display = ("plate", "vin", "model", "paint", "site", "state", "odometer_km", "charge")
    list_filter = ("state", "site", "model")
    list_select_related = ("model", "paint__model", "site")
    search_fields = ("vin", "plate", "model__make", "model__name")
    autocomplete_fields = ("model",)
    readonly_fields = ("odometer_km", "charge")

    def save_model(self, request: HttpRequest, obj: Car, form: Any, change: bool) -> None:
        """A car that is new, or painted anew, is drawn so at its site."""
        super().save_model(request, obj, form, change)
        describe_cars(site=obj.site, now=clock.now())

    def get_readonly_fields(self, request: object, obj: Car | None = None) -> tuple[str, ...]:
        """A car's number never changes once it is known."""
        return (*self.readonly_fields, "vin") if obj else self.readonly_fields
