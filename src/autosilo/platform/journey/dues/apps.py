from django.apps import AppConfig


class DuesConfig(AppConfig):
    name = "autosilo.platform.journey.dues"
    label = "dues"
    default_auto_field = "django.db.models.BigAutoField"
