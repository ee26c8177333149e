from django.contrib import admin

from autosilo.platform.kit.admin_base import ReadOnlyAdmin
from autosilo.platform.resources.programs.models import Delivery, Link, Program, Webhook


@admin.register(Program)
class ProgramAdmin(ReadOnlyAdmin):
    list_display = ("id", "name", "is_active", "per_minute", "created_at")
    fields = ("id", "name", "scopes", "serial", "is_active", "per_minute", "created_at")


@admin.register(Link)
class LinkAdmin(ReadOnlyAdmin):
    list_display = ("program", "subject", "person", "made_at")
    list_select_related = ("program", "person")
    list_filter = ("program",)


@admin.register(Webhook)
class WebhookAdmin(ReadOnlyAdmin):
    """Without the secret."""

    list_display = ("program", "url", "is_active", "created_at")
    list_select_related = ("program",)
    fields = ("program", "url", "is_active", "created_at")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("kind", "webhook", "state", "attempts", "made_at", "delivered_at")
    list_select_related = ("webhook",)
    list_filter = ("state", "kind")
