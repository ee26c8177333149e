"""What of django-allauth is used is looked at here. Its own pages could write, and are taken away."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin

from autosilo.platform.kit.admin_base import ReadOnlyAdmin
from autosilo.platform.resources.signin.models import Identity, PhoneLogin

for model in (EmailAddress, Authenticator):
    admin.site.unregister(model)


@admin.register(Authenticator)
class PasskeyAdmin(ReadOnlyAdmin):
    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    exclude = ("data",)


@admin.register(PhoneLogin)
class PhoneLoginAdmin(ReadOnlyAdmin):
    list_display = ("person", "since", "last_used_at")
    list_select_related = ("person",)
    exclude = ("number",)


@admin.register(Identity)
class IdentityAdmin(ReadOnlyAdmin):
    list_display = ("person", "issuer", "since", "last_used_at")
    list_filter = ("issuer",)
    list_select_related = ("person",)
    exclude = ("subject",)
