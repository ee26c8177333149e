"""What the site process is told by its environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autosilo.site.control.habits import Habits
from autosilo.tower.storage.staging import Staging


class SettingMissing(Exception):
    """An environment variable that the site cannot do without, or cannot understand; the message names it."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    home: Path
    demo: bool
    bus_url: str
    plc_url: str
    kiosk_host: str
    kiosk_port: int
    stage_ahead_s: float = 0.0
    """A booked car is brought to a delivery station so long before its time; 0: when its driver is here."""
    park: bool = True
    """An idle lift goes to where it will probably be wanted."""
    tidy: bool = True
    """Cars are rearranged while the site is shut. Unset, not in a demonstration, whose clock is shifted: the night of
    the real time is not the shop's."""

    @property
    def habits(self) -> Habits:
        """How the tower is used."""
        by_s = min(Staging().by_s, self.stage_ahead_s)
        return Habits(
            ahead=self.stage_ahead_s > 0,
            park=self.park,
            tidy=self.tidy,
            staging=Staging(ahead_s=self.stage_ahead_s, by_s=by_s),
        )

    @classmethod
    def read(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Raises ``SettingMissing``."""

        def need(name: str) -> str:
            value = environ.get(name, "")
            if not value:
                raise SettingMissing(f"{name} is not set; `autosilo up` sets it for each site")
            return value

        return cls(
            home=Path(environ.get("AUTOSILO_HOME", "var")),
            demo=environ.get("AUTOSILO_DEMO") == "1",
            bus_url=need("AUTOSILO_NATS_URL"),
            plc_url=need("AUTOSILO_PLC_URL"),
            kiosk_host=environ.get("AUTOSILO_KIOSK_HOST", "127.0.0.1"),
            kiosk_port=int(need("AUTOSILO_KIOSK_PORT")),
            stage_ahead_s=_seconds(environ, "AUTOSILO_STAGE_AHEAD_S"),
            park=_switch(environ, "AUTOSILO_PARK", True),
            tidy=_switch(environ, "AUTOSILO_TIDY", environ.get("AUTOSILO_DEMO") != "1"),
        )


def _switch(environ: Mapping[str, str], name: str, default: bool) -> bool:
    text = environ.get(name) or ("1" if default else "0")
    if text not in ("0", "1"):
        raise SettingMissing(f"{name}: {text!r} is neither 0 nor 1")
    return text == "1"


def _seconds(environ: Mapping[str, str], name: str) -> float:
    """0 when unset."""
    text = environ.get(name) or "0"
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise SettingMissing(f"{name}: {text!r} is not a number of seconds")
    return seconds
