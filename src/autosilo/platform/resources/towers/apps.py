from django.apps import AppConfig


class TowersConfig(AppConfig):
    name = "autosilo.platform.resources.towers"
    label = "towers"
    default_auto_field = "django.db.models.BigAutoField"
