from django.apps import AppConfig


class PurchaseConfig(AppConfig):
    name = "autosilo.platform.journey.purchase"
    label = "purchase"
    default_auto_field = "django.db.models.BigAutoField"
