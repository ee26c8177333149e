"""Addresses. Each surface keeps its own list."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("autosilo.platform.surfaces.api.urls")),
    path("console/", include("autosilo.platform.surfaces.console.urls")),
    path("", include("autosilo.platform.surfaces.demo.urls")),
    path("", include("autosilo.platform.surfaces.ops.urls")),
    path("", include("autosilo.platform.surfaces.shopper.urls")),
]
