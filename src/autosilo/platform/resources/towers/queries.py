"""Reads of towers' books, orders and walks."""

from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from autosilo.platform.resources.sites.models import Site
from autosilo.platform.resources.towers.models import StaffOrder, TowerBook, Walk, WalkPhoto
from autosilo.tower.config import SiteConfig
from autosilo.tower.site_file import load_site
from autosilo.wire.books import TowerBooks


def books_of(site: Site) -> TowerBooks | None:
    """As last said; None when the site has not told of them yet."""
    found = TowerBook.objects.filter(site=site).first()
    return TowerBooks.model_validate(found.body) if found else None


def all_books() -> dict[str, TowerBooks]:
    """By the site's slug."""
    return {row.site_id: TowerBooks.model_validate(row.body) for row in TowerBook.objects.all()}


def config_of(site: Site) -> SiteConfig:
    """The site's file at its real pace. Raises ``tower.site_file.SiteFileError``."""
    return load_site(site.slug, folder=settings.SITES_DIR, pace=1.0)


def orders_of(site: Site) -> QuerySet[StaffOrder]:
    """Newest first, with who gave them."""
    return StaffOrder.objects.filter(site=site).select_related("by")


def open_walk(site: Site, lift: str) -> Walk | None:
    return Walk.objects.filter(site=site, lift=lift, ended_at=None).first()


def open_walks(site: Site) -> list[Walk]:
    """Without their rows."""
    return list(Walk.objects.filter(site=site, ended_at=None).defer("rows", "before").order_by("lift"))


def ended_walks(site: Site, *, most: int) -> list[Walk]:
    return list(Walk.objects.filter(site=site).exclude(ended_at=None).defer("rows", "before")[:most])


def photos_of(walk: Walk) -> list[WalkPhoto]:
    """Without their pixels."""
    return list(walk.photos.defer("jpeg").select_related("by"))


def photo(site: Site, photo_id: UUID) -> WalkPhoto | None:
    return WalkPhoto.objects.filter(pk=photo_id, walk__site=site).first()
