"""Django's stock admin, behind a second factor."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django_otp.admin import OTPAdminSite


class OperatorAdminSite(OTPAdminSite):
    """One way in for all who work here: the console's login, with its limits, enrolment and audit."""

    site_header = "autosilo data"
    site_title = "autosilo"
    index_title = "Data"

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index", current_app=self.name))
        wanted = request.GET.get("next") or reverse("admin:index", current_app=self.name)
        return HttpResponseRedirect(f"{reverse('console:login')}?{urlencode({'next': wanted})}")
