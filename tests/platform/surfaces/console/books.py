"""What a site says of its books, for tests: it keeps them as the real one does, and obeys orders when told to."""

from datetime import datetime, timedelta
from typing import Any

from autosilo.platform.journey.flow import site_facts
from autosilo.platform.kit import clock
from autosilo.platform.resources.sites.models import OutgoingOrder, Site
from autosilo.wire.books import (
    BlockedBay,
    LiftBook,
    LiftMode,
    OrderRefused,
    Reconciliation,
    ReconciliationRow,
    RowState,
    TowerBooks,
)

WHY = "the key switch of L1 was in Manual"


class TowerSite:
    """The other end: ``site``'s journal (place -> VIN), sensors, and what it answers."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.books = dict(site.inventory)
        self.seen = dict.fromkeys(self.books, True)
        self.modes = {lift["name"]: LiftMode.AUTO for lift in site.geometry["lifts"]}
        self.out: dict[str, tuple[str, str]] = {}
        self.blocked: dict[str, tuple[str, str]] = {}
        self.walking: dict[str, datetime] = {}
        self.confirmed: dict[str, str] = {}
        self.apart: set[str] = set()
        self._answered = 0

    def begin_walk(self, lift: str = "L1") -> None:
        self.walking[lift] = clock.now()
        self.confirmed = {}

    def say(self, *, at: datetime | None = None) -> TowerBooks:
        """Tell how the books stand; it arrives at once."""
        fact = self.told(at or clock.now())
        arrive(self.site, fact)
        return fact

    def told(self, at: datetime) -> TowerBooks:
        return TowerBooks(
            at=at,
            site=self.site.slug,
            lifts=tuple(self._lift(lift, at) for lift in self.modes),
            reconciliations=tuple(self._walk(lift, since) for lift, since in self.walking.items()),
            blocked=tuple(
                BlockedBay(place=place, reason=reason, by=by, since=at) for place, (reason, by) in self.blocked.items()
            ),
        )

    def obey(self) -> None:
        """Carry out every order that was written and not answered yet, as the controller would."""
        rows = list(OutgoingOrder.objects.filter(site=self.site).order_by("id"))
        for row in rows[self._answered :]:
            getattr(self, f"_{row.payload['kind']}")(row.payload)
        self._answered = len(rows)
        self.say()

    def refuse(self, reason: str, **fields: Any) -> None:
        """Refuse the latest order."""
        latest = OutgoingOrder.objects.filter(site=self.site).latest("id")
        arrive(self.site, OrderRefused(at=clock.now(), order=latest.message_id, reason=reason, **fields))  # type: ignore[arg-type]

    def places(self, lift: str = "L1") -> list[str]:
        drawn = next(one for one in self.site.geometry["lifts"] if one["name"] == lift)
        return [bay["name"] for bay in drawn["bays"]] + [station["name"] for station in drawn["stations"]]

    # --- orders ---

    def _block_bay(self, order: dict[str, Any]) -> None:
        self.blocked[order["place"]] = (order["reason"], order["operator"])

    def _unblock_bay(self, order: dict[str, Any]) -> None:
        self.blocked.pop(order["place"], None)

    def _lift_service(self, order: dict[str, Any]) -> None:
        if order["in_service"]:
            self.out.pop(order["lift"], None)
        else:
            self.out[order["lift"]] = (order["reason"], order["operator"])

    def _confirm_bay(self, order: dict[str, Any]) -> None:
        place, vin = order["place"], order["vin"]
        self.books = {where: standing for where, standing in self.books.items() if where != place and standing != vin}
        if vin:
            self.books[place] = vin
        self.confirmed[place] = order["operator"]

    def _finish_reconciliation(self, order: dict[str, Any]) -> None:
        self.walking.pop(order["lift"], None)

    # --- what is told ---

    def _lift(self, lift: str, at: datetime) -> LiftBook:
        reason, by = self.out.get(lift, (None, None))
        since = at if reason else None
        return LiftBook(
            lift=lift, mode=self.modes[lift], in_service=lift not in self.out, reason=reason, by=by, since=since
        )

    def _walk(self, lift: str, since: datetime) -> Reconciliation:
        rows = tuple(self._row(place, since) for place in self.places(lift))
        return Reconciliation(lift=lift, since=since, why=WHY, every=True, rows=rows)

    def _row(self, place: str, since: datetime) -> ReconciliationRow:
        vin, occupied, by = self.books.get(place), self.seen.get(place, False), self.confirmed.get(place)
        agrees = occupied == (vin is not None)
        if not agrees and place not in self.apart:
            state = RowState.DIFFERS
        elif by:
            state = RowState.CONFIRMED
        else:
            state = RowState.APART if place in self.apart else RowState.AGREES
        at = since + timedelta(minutes=1) if by else None
        return ReconciliationRow(place=place, vin=vin, occupied=occupied, state=state, by=by, at=at)


def arrive(site: Site, fact: Any) -> site_facts.Outcome:
    return site_facts.receive(site_slug=site.pk, body=fact.model_dump_json().encode(), now=clock.now())
