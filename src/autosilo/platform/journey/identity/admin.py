from django.contrib import admin

from autosilo.platform.journey.identity.models import BiometricConsent, ConsentAct, FaceTemplate, VisitPass
from autosilo.platform.kit.admin_base import ReadOnlyAdmin


@admin.register(BiometricConsent)
class BiometricConsentAdmin(ReadOnlyAdmin):
    list_display = ("person", "trial", "text_version", "language", "given_at", "withdrawn_at")
    list_filter = ("text_version", "language", ("withdrawn_at", admin.EmptyFieldListFilter))
    list_select_related = ("person", "trial")
    search_fields = ("person__email", "trial__id")
    date_hierarchy = "given_at"


@admin.register(ConsentAct)
class ConsentActAdmin(ReadOnlyAdmin):
    list_display = ("consent", "act", "at")
    list_filter = ("act",)
    list_select_related = ("consent",)
    date_hierarchy = "at"


@admin.register(FaceTemplate)
class FaceTemplateAdmin(ReadOnlyAdmin):
    """That there is one, and since when it is gone; never the sealed template itself."""

    list_display = ("trial", "made_at", "destroyed_at")
    list_filter = (("destroyed_at", admin.EmptyFieldListFilter),)
    list_select_related = ("trial",)
    search_fields = ("trial__id",)
    fields = ("trial", "consent", "made_at", "destroyed_at")


@admin.register(VisitPass)
class VisitPassAdmin(ReadOnlyAdmin):
    """Without the salt of the code."""

    list_display = ("trial", "serial", "issued_at")
    list_select_related = ("trial",)
    search_fields = ("trial__id",)
    fields = ("trial", "serial", "issued_at")
