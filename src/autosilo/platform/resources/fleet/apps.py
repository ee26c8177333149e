from django.apps import AppConfig


class FleetConfig(AppConfig):
    name = "autosilo.platform.resources.fleet"
    label = "fleet"
    default_auto_field = "django.db.models.BigAutoField"
