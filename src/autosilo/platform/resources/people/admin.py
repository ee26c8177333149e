from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.utils.translation import gettext_lazy as _

from autosilo.platform.kit.admin_base import ReadOnly, ReadOnlyAdmin
from autosilo.platform.resources.people.models import AuditEntry, DrivingLicence, Flag, Membership, Person

SHOWN_DIGITS = 3


def masked(number: str) -> str:
    """The end of a licence number: enough to compare on the telephone, useless to anybody else."""
    return "•" * max(0, len(number) - SHOWN_DIGITS) + number[-SHOWN_DIGITS:]


class LicenceInline(ReadOnly, admin.StackedInline):
    model = DrivingLicence
    fields = readonly_fields = ("masked_number", "expires_on", "stated_at")

    @admin.display(description=_("number"))
    def masked_number(self, licence: DrivingLicence) -> str:
        return masked(licence.number)


class MembershipInline(ReadOnly, admin.StackedInline):
    model = Membership
    fields = readonly_fields = ("tier", "since", "until", "source")


class PersonCreationForm(AdminUserCreationForm):
    class Meta:
        model = Person
        fields = ("email",)


@admin.register(Person)
class PersonAdmin(UserAdmin):
    """Only an administrator (superuser) has the permission to add or change people here."""

    add_form = PersonCreationForm
    ordering = ("email",)
    list_display = ("email", "first_name", "is_staff", "is_active", "date_joined")
    list_filter = ("is_staff", "is_active", "groups")
    search_fields = ("email", "first_name", "last_name")
    inlines = (LicenceInline, MembershipInline)
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "birth_date", "phone", "language")}),
        (_("Work"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "usable_password", "password1", "password2")}),)
    filter_horizontal = ("groups",)
    readonly_fields = ("last_login", "date_joined")

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(Flag)
class FlagAdmin(ReadOnlyAdmin):
    list_display = ("kind", "state", "opened_at", "closed_by", "note")
    list_filter = ("kind", "state")
    list_select_related = ("closed_by",)
    exclude = ("digest",)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("number", "at", "actor", "action", "target")
    list_filter = ("action",)
    list_select_related = ("actor",)
    search_fields = ("target", "actor__email")
    date_hierarchy = "at"
