from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from autosilo.platform.kit import clock
from autosilo.platform.kit.admin_base import KeptAdmin
from autosilo.platform.kit.facts import tell
from autosilo.platform.resources.fleet.actions import describe_cars
from autosilo.platform.resources.fleet.facts import CarRepaired, CarTakenOut
from autosilo.platform.resources.fleet.models import Car, CarState

TELLS = {CarState.OUT_OF_SERVICE: CarTakenOut, CarState.IN_SERVICE: CarRepaired}


@admin.register(Car)
class CarAdmin(KeptAdmin):
    list_display = ("plate", "vin", "model", "paint", "site", "state", "odometer_km", "charge")
    list_filter = ("state", "site", "model")
    list_select_related = ("model", "paint__model", "site")
    search_fields = ("vin", "plate", "model__make", "model__name")
    autocomplete_fields = ("model",)
    readonly_fields = ("odometer_km", "charge")

    def save_model(self, request: HttpRequest, obj: Car, form: Any, change: bool) -> None:
        """A car that is new, or painted anew, is drawn so at its site. One that is taken out of service has bookings,
        perhaps, for which another car is found at once."""
        before = Car.objects.filter(pk=obj.pk).values_list("state", flat=True).first()
        super().save_model(request, obj, form, change)
        describe_cars(site=obj.site, now=clock.now())
        if before is not None and before != obj.state and obj.state in TELLS:
            tell(TELLS[CarState(obj.state)](car=obj, now=clock.now()))

    def get_readonly_fields(self, request: object, obj: Car | None = None) -> tuple[str, ...]:
        """A car's number never changes once it is known."""
        return (*self.readonly_fields, "vin") if obj else self.readonly_fields
