from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ConsoleConfig(AppConfig):
    name = "autosilo.platform.surfaces.console"
    label = "console"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from autosilo.platform.surfaces.console.groups import ensure_groups

        # the permissions of every app that is listed before this one exist by then
        post_migrate.connect(ensure_groups, sender=self, dispatch_uid="console groups")
