"""``/api/``: version 1, and a problem for everything else."""

from django.urls import path, re_path

from autosilo.platform.surfaces.api import bookings, catalogue, oauth, sites, trials, waits, webhooks
from autosilo.platform.surfaces.api.document import Api
from autosilo.platform.surfaces.api.limits import PerClient
from autosilo.platform.surfaces.api.problems import install, no_such_address

api = Api(
    title="autosilo",
    version="1",
    description="The catalogue, the sites, what is free when, your own trials, and bookings by programs.",
    docs_url=None,  # the interactive page needs scripts from elsewhere, which the content policy forbids
    urls_namespace="api-v1",
    throttle=PerClient(),
)
install(api)
api.add_router("", catalogue.router)
api.add_router("", sites.router)
api.add_router("", trials.router)
for one in (oauth, bookings, waits, webhooks):
    api.add_router("", one.router)

urlpatterns = [path("v1/", api.urls), re_path(r"^", no_such_address)]
