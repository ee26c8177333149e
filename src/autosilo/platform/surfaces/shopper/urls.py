"""Addresses of the shop."""

from django.urls import path

from autosilo.platform.surfaces.shopper.views import (
    account,
    booking,
    brand,
    buying,
    catalogue,
    language,
    me,
    reviewing,
    scan,
    selfie,
    trials,
)

urlpatterns = [
    path("", catalogue.catalogue, name="catalogue"),
    path("cars/<slug:slug>", catalogue.car, name="car"),
    path("scan", scan.look, name="scan"),
    path("join", account.join, name="join"),
    path("login", account.login, name="login"),
    path("logout", account.logout, name="logout"),
    path("me", me.me, name="me"),
    path("me/premium", me.premium, name="premium"),
    path("me/credit", me.credit, name="credit"),
    path("me/credit/withdraw", me.withdraw_credit, name="withdraw-credit"),
    path("book/<slug:slug>", booking.book, name="book"),
    path("book/<slug:slug>/times", booking.times, name="book-times"),
    path("book/<slug:slug>/review", reviewing.ask, name="book-review"),
    path("book/<slug:slug>/confirm", booking.confirm, name="book-confirm"),
    path("trials", trials.every, name="trials"),
    path("trials/<uuid:trial_id>", trials.hub, name="trial"),
    path("trials/<uuid:trial_id>/now", trials.present, name="trial-now"),
    path("trials/<uuid:trial_id>/pass", trials.visit_pass, name="pass"),
    path("trials/<uuid:trial_id>/pass/renew", trials.renew_pass, name="renew-pass"),
    path("trials/<uuid:trial_id>/cancel", trials.cancel, name="cancel"),
    path("trials/<uuid:trial_id>/return", trials.give_back, name="return"),
    path("trials/<uuid:trial_id>/selfie", selfie.selfie, name="selfie"),
    path("trials/<uuid:trial_id>/selfie/withdraw", selfie.withdraw, name="withdraw-selfie"),
    path("trials/<uuid:trial_id>/buy", buying.buy, name="buy"),
    path("trials/<uuid:trial_id>/pay", buying.pay, name="pay"),
    path("trials/<uuid:trial_id>/receipt", buying.receipt, name="receipt"),
    path("language", language.language, name="language"),
    path("favicon.ico", brand.favicon, name="favicon"),
]
