"""What a scan said, carried by the page itself: signed, so that nothing has to be kept here between two taps."""

from dataclasses import asdict
from typing import Any

from django.core import signing

from autosilo.platform.journey.scan import actions as scan
from autosilo.platform.journey.scan.actions import CarInPicture, ScanResult

SALT = "scan"
MAX_AGE_S = 6 * 3600
PLAIN = ("found", "body", "colour", "in_catalogue", "make")


class Forgotten(Exception):
    """The note is too old, or not one of ours."""


def written_down(result: ScanResult) -> str:
    """Of a result with a car."""
    ranked = [
        {"slug": one.model.pk, "exact": one.exact, "score": round(one.score, 4), "reasons": list(one.reasons)}
        for one in result.candidates
    ]
    note = {name: getattr(result, name) for name in PLAIN}
    note |= {"ranked": ranked, "cars": [asdict(car) for car in result.cars]}
    return signing.dumps(note, salt=SALT, compress=True)


def recalled(note: str) -> ScanResult:
    """Raises ``Forgotten``."""
    written = read(note)
    cars = tuple(CarInPicture(**car) for car in written.pop("cars"))
    return scan.restored(**written, cars=cars)


def read(note: str) -> dict[str, Any]:
    """Raises ``Forgotten``."""
    try:
        return dict(signing.loads(note, salt=SALT, max_age=MAX_AGE_S))
    except signing.BadSignature as bad:
        raise Forgotten from bad
