"""What browsers ask for by an old name."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.views.decorators.http import require_safe


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Pages that name no icon, as the admin's, make a browser ask here. Not permanent: the file's name has a hash."""
    return HttpResponseRedirect(static("brand/favicon.svg"))
