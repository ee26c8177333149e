from django.apps import AppConfig


class ProgramsConfig(AppConfig):
    name = "autosilo.platform.resources.programs"
    label = "programs"
    default_auto_field = "django.db.models.BigAutoField"
