from autosilo.platform.resources.fleet.models import Car
from autosilo.platform.resources.telemetry.models import CarReading


def reading_of(*, car: Car) -> CarReading | None:
    """The latest word of ``car``, None when it has not spoken yet."""
    return CarReading.objects.filter(car=car).first()
