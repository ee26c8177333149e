"""``/console/sales``: when bookings of a model begin, and how long its line is."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from autosilo.platform.journey.booking import selling
from autosilo.platform.journey.booking.models import Sale
from autosilo.platform.kit import clock
from autosilo.platform.surfaces.console.access import Right, StaffRequest, needs
from autosilo.platform.surfaces.console.forms import SaleForm
from autosilo.platform.surfaces.console.pages import changes_limited, page
from autosilo.platform.surfaces.telling import telling

SECTION = "sales"


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Right.RULE)
@changes_limited
def listing(request: StaffRequest) -> HttpResponse:
    """The sales, and planning one; the same model and site again changes its time."""
    form = SaleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            selling.plan(
                car_model=given["car_model"],
                site=given["site"],
                opens_at=form.opens_at(),
                by=request.user,
                now=clock.now(),
            )
        except selling.CannotSell as refused:
            form.add_error("opens", str(refused))
        else:
            messages.success(request, _("The sale is planned. Until it opens, people take places in its line."))
            return redirect("console:sales")
    context = {"form": form, "sales": selling.sales(now=clock.now())}
    return page(request, "console/sales.html", context, section=SECTION, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Right.RULE)
@changes_limited
def call_off(request: StaffRequest, sale_id: int) -> HttpResponse:
    """The second step before a sale is called off."""
    found = Sale.objects.select_related("car_model", "site").filter(pk=sale_id).first()
    if found is None:
        raise Http404
    if request.method == "POST":
        with telling(request, _("The sale is called off. The model can be booked there now.")):
            selling.call_off(sale=found, by=request.user, now=clock.now())
        return redirect("console:sales")
    return page(request, "console/sale_call_off.html", {"sale": found}, section=SECTION)
