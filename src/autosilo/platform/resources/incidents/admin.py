from django.contrib import admin

from autosilo.platform.kit.admin_base import ReadOnlyAdmin
from autosilo.platform.resources.incidents.models import Incident


@admin.register(Incident)
class IncidentAdmin(ReadOnlyAdmin):
    """Incidents are closed on the console's page, with a note."""

    list_display = ("kind", "site", "trial", "opened_at", "closed_at", "closed_by")
    list_filter = ("kind", "site", ("closed_at", admin.EmptyFieldListFilter))
    list_select_related = ("site", "closed_by")
    search_fields = ("key", "trial", "note")
    date_hierarchy = "opened_at"
