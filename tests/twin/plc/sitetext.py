"""Small towers of any shape, and cars to fill them."""

from typing import Any

SLUG = "testtown"

_SITE = """
slug = "testtown"
name = {{ en = "Test Town", zh-hans = "测试镇" }}
address = {{ en = "Nowhere 1", zh-hans = "无处 1" }}
latitude = 0.0
longitude = 0.0
time_zone = "UTC"
market = "cn"
[hours]
mon = {{ opens = "00:00", shuts = "23:59" }}
[tower]
floors = 4
columns = 3
depth = {depth}
floor_pitch_m = 2.3
column_pitch_m = 2.6
[tower.gate]
travel_s = 5.0
clear_s = 2.0
collect_patience_s = {patience}
intake_patience_s = {patience}
dwell_limit_s = {dwell}
[[tower.classes]]
name = "standard"
length_mm = 5300
width_mm = 2300
height_mm = 2200
mass_kg = 2500
[[tower.classes]]
name = "heavy"
length_mm = 5400
width_mm = 2300
height_mm = 2200
mass_kg = 3200
floors = [1]
"""

_LIFT = """
[[tower.lifts]]
name = "{name}"
speed_m_s = 1.5
acceleration_m_s2 = 0.5
{second}
transfer_s = 12.0
transfer_rear_s = 20.0
stations = [{stations}]
"""
_SHUTTLE = "shuttle_speed_m_s = 0.8\nshuttle_acceleration_m_s2 = 0.4"
_TURNTABLE = "turntable_speed_deg_s = 20.0\nturntable_acceleration_deg_s2 = 10.0"
_STATIONS = (("D1", 1), ("D2", 3), ("I1", 2))


def site_text(
    *,
    lifts: tuple[str, ...] = ("L1",),
    patience: float = 600,
    dwell: float = 600,
    shutter_s: float = 0.0,
    depth: int = 1,
    turntable: bool = False,
    shared: bool = False,
) -> str:
    """A site file. ``shared``: the first lift's stations are the only ones, and every other lift reaches them, too."""
    text = _SITE.format(patience=patience, dwell=dwell, depth=depth)
    for name in lifts:
        others = lifts[1:] if shared and name == lifts[0] else ()
        names = () if shared and name != lifts[0] else _STATIONS
        stations = ", ".join(_station(station, column, shutter_s, others) for station, column in names)
        text += _LIFT.format(name=name, second=_TURNTABLE if turntable else _SHUTTLE, stations=stations)
    return text


def vin(number: int) -> str:
    """A well-formed VIN."""
    return f"LTST{number:013d}"


def car(number: int, **changes: Any) -> dict[str, Any]:
    """A car as the world knows it."""
    body = {
        "vin": vin(number),
        "length_mm": 4700,
        "width_mm": 1900,
        "height_mm": 1500,
        "mass_kg": 1900,
        "plate": f"沪A{number:05d}",
    }
    return body | changes


def _station(name: str, column: int, shutter_s: float, others: tuple[str, ...]) -> str:
    shared = ", ".join(f'{{ lift = "{lift}", column = {column} }}' for lift in others)
    return f'{{ name = "{name}", column = {column}, shutter_s = {shutter_s}, shared = [{shared}] }}'
