"""What is done to sites: read from their files, sent orders, heard of."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import Q, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Greatest

from autosilo.platform.kit import clock, jobs
from autosilo.platform.kit.refusals import DeviceFailure
from autosilo.platform.policies.registry import open_markets
from autosilo.platform.resources.sites.bus import publisher
from autosilo.platform.resources.sites.models import OutgoingOrder, Site
from autosilo.tower.config import SiteConfig
from autosilo.tower.drawing import drawing
from autosilo.tower.site_file import SiteFileError, load_all_sites
from autosilo.wire import subjects
from autosilo.wire.bus import Order

PUBLISH = "autosilo.publish_orders"
SEALING_KEY_BYTES = 32
TURN_TIMEOUT = "5s"
_PUBLISH_LOCK = 7_340_001  # first key of the advisory lock; the second is a hash of the site


@transaction.atomic
def sync_sites(
    *, folder: Path | None = None, home: Path | None = None, kiosk_urls: Mapping[str, str] | None = None
) -> list[Site]:
    """Bring the rows up to date with the site files of ``folder`` (``AUTOSILO_SITES``); what was seen of a tower stays.

    The sealing key comes from ``home``/pki/<site>/sealing.pub when that file is there. Raises ``SiteFileError``.
    A site whose file is gone is closed for booking, never deleted: trials refer to it.
    """
    found = load_all_sites(folder=folder or settings.SITES_DIR, pace=1.0)
    _check_markets(found.values(), open_markets(clock.now()))
    for slug, config in found.items():
        fields = _fields(config)
        key = read_sealing_key((home or settings.HOME) / "pki" / slug / "sealing.pub")
        if key is not None:
            fields["sealing_public_key"] = key
        if kiosk_urls and slug in kiosk_urls:
            fields["kiosk_url"] = kiosk_urls[slug]
        Site.objects.update_or_create(slug=slug, defaults=fields)
    Site.objects.exclude(slug__in=found).update(open_for_booking=False)
    return list(Site.objects.filter(slug__in=found))


def _check_markets(configs: Iterable[SiteConfig], known: frozenset[str]) -> None:
    """Every site must be in a market whose rules have begun, shipped or scheduled. Raises ``SiteFileError``."""
    wrong = [f"{one.slug}.toml: market: no rules for {one.market!r}" for one in configs if one.market not in known]
    if wrong:
        raise SiteFileError("\n".join([*wrong, f"markets with rules: {', '.join(sorted(known))}"]))


def read_sealing_key(path: Path) -> bytes | None:
    """The site's X25519 public key, 32 raw bytes; None when there is no such file. Raises ``ValueError``."""
    if not path.exists():
        return None
    raw = path.read_bytes()
    if len(raw) != SEALING_KEY_BYTES:
        raise ValueError(f"{path} is not an X25519 public key of {SEALING_KEY_BYTES} bytes")
    return raw


def send(*, site: Site, order: Order, now: datetime) -> OutgoingOrder:
    """Write ``order`` for ``site`` and a job that publishes it, in the caller's transaction."""
    row = OutgoingOrder.objects.create(
        message_id=order.id, site=site, payload=order.model_dump(mode="json"), created_at=now
    )
    jobs.defer(PUBLISH, site=site.pk)
    return row


def strike_faces(*, site: Site, trial: UUID) -> int:
    """Take the sealed template out of every order about ``trial`` that was written so far; returns of how many.

    One that is not published yet goes without it: call this only when a newer order or a farewell follows.
    """
    return _strike([trial], site=site, face=None)


def strike_who(*, site: Site, trial: UUID) -> int:
    """The visit is over: no template and no name in any order about it; returns of how many. A farewell follows."""
    return _strike([trial], site=site, face=None, greeting="")


def strike_names(*, trials: Iterable[UUID]) -> int:
    """Take the person's name out of the orders about ``trials``, which are over; returns of how many."""
    return _strike(trials, greeting="")


def _strike(trials: Iterable[UUID], *, site: Site | None = None, **blank: str | None) -> int:
    about = OutgoingOrder.objects.alias(trial=KT("payload__trial")).filter(trial__in=[str(one) for one in trials])
    if site is not None:
        about = about.filter(site=site)
    found = [row for row in about if any(row.payload.get(name) for name in blank)]
    for row in found:
        OutgoingOrder.objects.filter(pk=row.pk).update(payload=row.payload | blank)
    return len(found)


def publish_waiting(*, site: str, now: datetime) -> int:
    """Publish what waits for ``site``, oldest first; returns how many. Raises ``DeviceFailure``; then the rest waits.

    One publisher a site at a time (a PostgreSQL advisory lock), so that orders keep their order on the bus. Who does
    not get its turn in time leaves it to the sweeper.
    """
    published, failure = 0, None
    with transaction.atomic():
        if not _alone_for(site):
            return 0
        for row in OutgoingOrder.objects.filter(site=site, sent_at=None):
            try:
                publisher().publish(subjects.orders(site), _json(row.payload), message_id=str(row.message_id))
            except DeviceFailure as error:
                failure = error
                break
            published += OutgoingOrder.objects.filter(pk=row.pk, sent_at=None).update(sent_at=now)
    if failure is not None:
        raise failure
    return published


def heard(*, site: Site, said_at: datetime, now: datetime) -> None:
    """A fact arrived that the site stated at ``said_at`` (its clock)."""
    said_at = min(said_at, now)
    Site.objects.filter(pk=site.pk).update(last_heard_at=now, heard_until=Greatest("heard_until", Value(said_at)))


def note_inventory(
    *, site: Site, places: Mapping[str, str], free_bays: int, held: str | None, said_at: datetime
) -> bool:
    """Keep the tower's own report: place -> VIN. False when a later one is kept already."""
    newer = Site.objects.filter(pk=site.pk).filter(Q(inventory_at=None) | Q(inventory_at__lte=said_at))
    touched = newer.update(
        inventory=dict(places), free_bays=free_bays, held_reason=(held or "")[:300], inventory_at=said_at
    )
    return touched == 1


def note_held(*, site: Site, reason: str) -> None:
    """The tower stopped itself; an empty ``reason`` says that it goes on."""
    Site.objects.filter(pk=site.pk).update(held_reason=reason[:300])


def open_for_booking(*, site: Site, is_open: bool) -> None:
    Site.objects.filter(pk=site.pk).update(open_for_booking=is_open)


def _alone_for(site: str) -> bool:
    """Wait for our turn, but not for ever. Call it first in a transaction; the lock goes with that."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = %s", [TURN_TIMEOUT])
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_PUBLISH_LOCK, site])
    except OperationalError:
        return False
    return True


def _json(payload: Mapping[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def _fields(config: SiteConfig) -> dict[str, Any]:
    return {
        "name_en": config.name.en,
        "name_zh": config.name.zh_hans,
        "address_en": config.address.en,
        "address_zh": config.address.zh_hans,
        "latitude": config.latitude,
        "longitude": config.longitude,
        "time_zone": config.time_zone,
        "market": config.market,
        "opening": {day: [f"{hours.opens:%H:%M}", f"{hours.shuts:%H:%M}"] for day, hours in config.hours.items()},
        "geometry": drawing(config),
        "charger_kw": config.tower.charger_kw,
    }
