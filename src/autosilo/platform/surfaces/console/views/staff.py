"""``/console/staff``: who works here, and help for who has lost the authenticator."""

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST
from django_otp.plugins.otp_totp.models import TOTPDevice

from autosilo.platform.kit import clock
from autosilo.platform.resources.people.models import Person
from autosilo.platform.surfaces.console.access import Right, StaffRequest, needs
from autosilo.platform.surfaces.console.forms import ReasonForm
from autosilo.platform.surfaces.console.pages import changes_limited, page
from autosilo.platform.surfaces.console.sign_in import forget_devices


@never_cache
@require_GET
@needs(Right.MANAGE_STAFF)
def listing(request: StaffRequest) -> HttpResponse:
    enrolled = Exists(TOTPDevice.objects.filter(user=OuterRef("pk"), confirmed=True))
    people = Person.objects.filter(is_staff=True).prefetch_related("groups").annotate(enrolled=enrolled)
    context = {"people": people.order_by("email"), "form": ReasonForm()}
    return page(request, "console/staff.html", context, section="staff")


@require_POST
@needs(Right.MANAGE_STAFF)
@changes_limited
def forget(request: StaffRequest, person_id: int) -> HttpResponse:
    """Somebody else's devices only: a stolen session must not be able to replace its own second factor."""
    person = Person.objects.filter(pk=person_id, is_staff=True).first()
    if person is None:
        raise Http404
    form = ReasonForm(request.POST)
    if person.pk == request.user.pk:
        messages.error(request, _("Another operator has to do this for you."))
    elif person.is_superuser and not request.user.is_superuser:
        messages.error(request, _("Only an administrator can do this for an administrator."))
    elif not form.is_valid():
        messages.error(request, _("Give a reason."))
    else:
        forget_devices(person=person, by=request.user, reason=form.cleaned_data["reason"], now=clock.now())
        messages.success(request, _("The authenticator is forgotten. A new one is set up at the next sign-in."))
    return redirect("console:staff")
