"""The demo's models, from ``demo_models.toml``: facts of real cars with their source, made-up prices."""

import tomllib
from pathlib import Path
from typing import Any

from autosilo.platform.resources.catalogue.models import CarModel, Paint

FILE = Path(__file__).with_name("demo_models.toml")
MINOR = 100


def seed_models(file: Path = FILE) -> list[CarModel]:
    """Write every model and paint of the file, in its order; what is there is brought up to date. Idempotent."""
    entries: list[dict[str, Any]] = tomllib.loads(file.read_text(encoding="utf-8"))["models"]
    return [_seed(dict(entry)) for entry in entries]


def _seed(entry: dict[str, Any]) -> CarModel:
    paints = entry.pop("paints")
    entry["price_minor"] = entry.pop("price_cny") * MINOR
    model, _made = CarModel.objects.update_or_create(
        slug=entry.pop("slug"), defaults=entry | {"currency": "CNY", "price_is_demo": True, "on_sale": True}
    )
    for paint in paints:
        Paint.objects.update_or_create(
            model=model,
            code=paint["code"],
            defaults={
                "name_en": paint["en"],
                "name_zh": paint["zh"],
                "hex": paint["hex"],
                "family": paint["family"],
            },
        )
    return model
