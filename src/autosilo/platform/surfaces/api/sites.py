"""Where the shops are."""

from django.http import Http404, HttpRequest
from ninja import Router

from autosilo.platform.resources.sites import queries
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.surfaces.api.problems import Problem
from autosilo.platform.surfaces.api.schemas import SiteOut, Words

router = Router(tags=["sites"])


@router.get("/sites", response={200: list[SiteOut], 429: Problem}, summary="Every site")
def sites(request: HttpRequest) -> list[SiteOut]:
    return [_site(one) for one in queries.all_sites()]


@router.get("/sites/{slug}", response={200: SiteOut, 404: Problem, 429: Problem}, summary="One site")
def site(request: HttpRequest, slug: str) -> SiteOut:
    found = queries.site(slug=slug)
    if found is None:
        raise Http404("There is no such site.")
    return _site(found)


def _site(site: Site) -> SiteOut:
    """What is public of a site: not its inventory, not how to reach it."""
    return SiteOut(
        slug=site.slug,
        name=Words(en=site.name_en, zh_hans=site.name_zh),
        address=Words(en=site.address_en, zh_hans=site.address_zh),
        latitude=site.latitude,
        longitude=site.longitude,
        time_zone=site.time_zone,
        opening=site.opening,
        open_for_booking=site.open_for_booking,
    )
