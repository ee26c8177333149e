from django.apps import AppConfig


class ScanConfig(AppConfig):
    name = "autosilo.platform.journey.scan"
    label = "scan"
    default_auto_field = "django.db.models.BigAutoField"
