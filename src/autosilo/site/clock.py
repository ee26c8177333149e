"""The site's clock: real time, plus the demo's shift, which survives a restart."""

from datetime import UTC, datetime, timedelta

from autosilo.site.db import SiteDb
from autosilo.wire.bus import ShiftClock

_OFFSET = "clock.offset_s"
_SAID_AT = "clock.said_at"


class SiteClock:
    """``now()`` is the only place of the site that reads the time of day."""

    def __init__(self, db: SiteDb, *, demo: bool) -> None:
        self._db = db
        self._demo = demo
        self._offset_s = float(db.setting(_OFFSET) or 0) if demo else 0.0

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC) + timedelta(seconds=self._offset_s)

    def real(self, moment: datetime) -> datetime:
        """When it is ``moment`` at this site, by the real time."""
        return moment - timedelta(seconds=self._offset_s)

    def shift(self, order: ShiftClock) -> bool:
        """Follow the platform's demo clock. False when not in demo mode, or when a later order was already heard."""
        said_at = order.at.astimezone(UTC).isoformat(timespec="microseconds")
        if not self._demo or said_at < (self._db.setting(_SAID_AT) or ""):
            return False
        self._offset_s = order.offset_s
        with self._db.transaction():
            self._db.keep_setting(_OFFSET, str(order.offset_s))
            self._db.keep_setting(_SAID_AT, said_at)
        return True
