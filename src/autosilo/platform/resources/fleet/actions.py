"""What happens to cars, as rows: where one stands is the site's to say."""

from autosilo.platform.resources.fleet.models import Car, CarState


def note_meter(*, vin: str, odometer_km: float | None, charge: float | None) -> None:
    """Keep what was read at a gate. An odometer never runs backwards; a reading that is not there changes nothing."""
    car = Car.objects.select_for_update().get(vin=vin)
    if odometer_km is not None and odometer_km >= car.odometer_km:
        car.odometer_km = odometer_km
    if charge is not None:
        car.charge = charge
    car.save(update_fields=["odometer_km", "charge"])


def mark_sold(*, vin: str) -> None:
    """The car belongs to a shopper now and is never booked again."""
    Car.objects.filter(vin=vin).update(state=CarState.SOLD)


def take_out_of_service(*, vin: str) -> bool:
    """Not booked any more; False for a car that was not in service. Bookings that exist are not touched."""
    return Car.objects.filter(vin=vin, state=CarState.IN_SERVICE).update(state=CarState.OUT_OF_SERVICE) == 1


def return_to_service(*, vin: str) -> bool:
    return Car.objects.filter(vin=vin, state=CarState.OUT_OF_SERVICE).update(state=CarState.IN_SERVICE) == 1
