from django.apps import AppConfig


class TrialConfig(AppConfig):
    name = "autosilo.platform.journey.trial"
    label = "trial"
    default_auto_field = "django.db.models.BigAutoField"
