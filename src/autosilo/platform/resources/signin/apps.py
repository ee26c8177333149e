from django.apps import AppConfig


class SigninConfig(AppConfig):
    name = "autosilo.platform.resources.signin"
    label = "signin"
    default_auto_field = "django.db.models.BigAutoField"
