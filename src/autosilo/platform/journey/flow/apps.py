from django.apps import AppConfig


class FlowConfig(AppConfig):
    name = "autosilo.platform.journey.flow"
    label = "flow"
    default_auto_field = "django.db.models.BigAutoField"
