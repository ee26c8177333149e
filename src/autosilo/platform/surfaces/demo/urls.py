from django.conf import settings
from django.urls import URLPattern, path

from autosilo.platform.surfaces.demo import views


def patterns(*, demo: bool) -> list[URLPattern]:
    return [path("demo", views.panel, name="demo")] if demo else []


urlpatterns = patterns(demo=settings.DEMO)
