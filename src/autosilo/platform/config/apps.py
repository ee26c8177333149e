from django.apps import AppConfig


class CompositionConfig(AppConfig):
    """Last in the list of apps: joins the steps and plugs the providers in."""

    name = "autosilo.platform.config"
    label = "composition"

    def ready(self) -> None:
        from autosilo.platform.config import measuring, providers
        from autosilo.platform.journey.flow import handlers

        handlers.lay_down_all()
        providers.plug_in()
        measuring.measure_database()
