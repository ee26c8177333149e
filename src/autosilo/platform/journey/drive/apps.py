from django.apps import AppConfig


class DriveConfig(AppConfig):
    name = "autosilo.platform.journey.drive"
    label = "drive"
    default_auto_field = "django.db.models.BigAutoField"
