from django.apps import AppConfig


class ReturnsConfig(AppConfig):
    name = "autosilo.platform.journey.returns"
    label = "returns"
    default_auto_field = "django.db.models.BigAutoField"
