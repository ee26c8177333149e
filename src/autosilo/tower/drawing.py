"""What a screen needs to draw a tower: the rack's grid and its stations, as plain JSON. Pure."""

from typing import Any

from autosilo.tower.config import SiteConfig
from autosilo.tower.geometry import bays, own_stations


def drawing(site: SiteConfig) -> dict[str, Any]:
    """Floors and columns count from 1 (floor 0 is the street); columns of stations may lie between two columns. An
    airlock has a shutter to the hoistway."""
    tower = site.tower
    return {
        "v": 1,
        "site": site.slug,
        "name": {"en": site.name.en, "zh-hans": site.name.zh_hans},
        "phone": site.phone,
        "time_zone": site.time_zone,
        "floors": tower.floors,
        "columns": tower.columns,
        "lifts": [
            {
                "name": lift.name,
                "bays": [
                    {"name": bay.name, "floor": bay.floor, "column": bay.column, "rear": bay.rear}
                    for bay in bays(tower, lift)
                ],
                "stations": [
                    {
                        "name": place.name,
                        "role": place.role.value,
                        "column": place.column,
                        "airlock": bool(place.shutter_s),
                    }
                    for place in own_stations(tower, lift)
                ],
            }
            for lift in tower.lifts
        ],
    }
