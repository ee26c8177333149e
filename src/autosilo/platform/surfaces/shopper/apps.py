from django.apps import AppConfig


class ShopperConfig(AppConfig):
    name = "autosilo.platform.surfaces.shopper"
    label = "shopper"
    default_auto_field = "django.db.models.BigAutoField"
