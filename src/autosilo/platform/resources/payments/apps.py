from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "autosilo.platform.resources.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"
