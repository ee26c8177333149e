"""Addresses of the shop."""

from django.urls import path

from autosilo.platform.surfaces.shopper.views import account, catalogue, language

urlpatterns = [
    path("", catalogue.catalogue, name="catalogue"),
    path("cars/<slug:slug>", catalogue.car, name="car"),
    path("join", account.join, name="join"),
    path("login", account.login, name="login"),
    path("logout", account.logout, name="logout"),
    path("language", language.language, name="language"),
]
