from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "autosilo.platform.resources.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
