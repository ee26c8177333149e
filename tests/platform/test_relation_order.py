"""String foreign keys are invisible to import-linter, so the layers are checked on Django's own models, too.

A model may point to its own app, sideways within the resources as below, or downwards; never upwards.
"""

from django.apps import apps
from django.contrib.contenttypes.models import ContentType

RANK = {
    "kit": 0,
    "people": 1,
    "sites": 1,
    "catalogue": 2,
    "payments": 2,
    "notices": 2,
    "incidents": 2,
    "towers": 2,
    "programs": 2,
    "licences": 2,
    "fleet": 3,
    "signin": 3,
    "telemetry": 4,
    "trial": 10,
    "scan": 11,
    "eligibility": 12,
    "booking": 13,
    "dues": 14,
    "identity": 15,
    "handover": 16,
    "drive": 17,
    "returns": 18,
    "purchase": 18,
    "flow": 19,
    "shopper": 30,
    "console": 30,
    "composition": 40,
}
OURS = "autosilo.platform."
DJANGOS = {"auth", "contenttypes", "sessions", "admin", "otp_totp", "procrastinate"}


def own_apps():
    return [config for config in apps.get_app_configs() if config.name.startswith(OURS)]


def test_every_app_has_its_place():
    assert {config.label for config in own_apps()} == set(RANK)


def test_no_relation_points_upwards():
    wrong = []
    for config in own_apps():
        for model in config.get_models():
            for field in model._meta.get_fields():
                if not field.is_relation or field.auto_created or field.related_model is None:
                    continue
                to = field.related_model._meta.app_label
                if to in DJANGOS:
                    continue
                down = RANK[to] < RANK[config.label] or to == config.label
                if not down:
                    wrong.append(f"{model.__name__}.{field.name} -> {field.related_model.__name__}")
    assert not wrong


def test_nothing_hides_behind_a_generic_relation():
    for config in own_apps():
        for model in config.get_models():
            assert ContentType not in {field.related_model for field in model._meta.get_fields()}
