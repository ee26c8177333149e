from django.contrib import admin

from autosilo.platform.kit.admin_base import KeptAdmin, ReadOnlyAdmin
from autosilo.platform.resources.catalogue.models import CarModel, Paint, ReferenceLook


class PaintInline(admin.TabularInline):
    model = Paint
    extra = 0


@admin.register(CarModel)
class CarModelAdmin(KeptAdmin):
    list_display = ("__str__", "year", "body", "seats", "range_km", "price", "price_is_demo", "on_sale")
    list_filter = ("on_sale", "body", "make")
    search_fields = ("make", "name", "slug")
    inlines = (PaintInline,)


@admin.register(ReferenceLook)
class ReferenceLookAdmin(ReadOnlyAdmin):
    list_display = ("model", "view", "origin", "encoder", "added_at", "note")
    list_filter = ("encoder", "origin", "view")
    list_select_related = ("model",)
    search_fields = ("model__name", "model__make")
    fields = ("model", "encoder", "view", "origin", "fingerprint", "added_at", "note")
