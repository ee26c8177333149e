"""What the site process is told by its environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class SettingMissing(Exception):
    """An environment variable that the site cannot do without; the message names it."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    home: Path
    demo: bool
    bus_url: str
    plc_url: str
    kiosk_host: str
    kiosk_port: int

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
        )
