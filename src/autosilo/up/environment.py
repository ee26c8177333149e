"""What each process is told, and only that: every child is configured by environment variables alone."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autosilo.twin import market, texts
from autosilo.twin.wallet.authority import FOLDER, ROOT_FILE
from autosilo.up import nats, postgres
from autosilo.up.home import HOME_VARIABLE, SITES_VARIABLE
from autosilo.up.keys import Keys

INHERITED = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PYTHONPATH", "SSL_CERT_FILE")
"""Of our own environment a child gets these, and what is named after the project."""
OWN_PREFIX = "AUTOSILO_"
PACE = "AUTOSILO_PACE"
FAST_PACE = 20.0
"""``--fast``: towers move so many times faster than real ones."""
LOOPBACK = "127.0.0.1,localhost"
"""Where our processes meet: never asked of a proxy, whatever the machine is told of one."""
PLC_URL = "AUTOSILO_PLC_URL"
OPC_UA = "opc.tcp://"
MAIL = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_USE_TLS")


def base(inherited: Mapping[str, str], *, home: Path, sites: Path, pace: float, demo: bool) -> dict[str, str]:
    """What every child gets."""
    kept = {key: value for key, value in inherited.items() if key in INHERITED or key.startswith(OWN_PREFIX)}
    if demo:
        kept.setdefault("AUTOSILO_LICENCE_ROOTS", str(home / FOLDER / ROOT_FILE))  # a demo trusts its own authority
        if market.logins_file(home).exists():
            kept.setdefault("AUTOSILO_LOGINS", str(market.logins_file(home)))  # and takes its own marketplace's login
    return kept | {
        HOME_VARIABLE: str(home),
        SITES_VARIABLE: str(sites),
        "AUTOSILO_DEMO": "1" if demo else "0",
        PACE: f"{pace:g}",
        "PYTHONUNBUFFERED": "1",
        "NO_PROXY": LOOPBACK,
        "no_proxy": LOOPBACK,
    }


def plc_variable(site: str) -> str:
    """``AUTOSILO_PLC_URL_NEW_TOWN`` for the site ``new-town``: where that site's own PLC is."""
    return f"{PLC_URL}_{site.upper().replace('-', '_')}"


def outside_plcs(given: Mapping[str, str], sites: Sequence[str]) -> dict[str, str]:
    """The sites that have a PLC of their own, and its address.

    Raises:
        ValueError: no OPC UA address, or one for a site that is not there: nobody must wait for a PLC in vain.
    """
    plcs = {site: given[plc_variable(site)] for site in sites if given.get(plc_variable(site))}
    for site, url in plcs.items():
        if not url.startswith(OPC_UA) or url == OPC_UA:
            raise ValueError(f"{plc_variable(site)}: {url!r} is no address of an OPC UA server ({OPC_UA}HOST:PORT)")
    known = {plc_variable(site) for site in sites}
    unknown = [name for name in given if name.startswith(f"{PLC_URL}_") and name not in known]
    if unknown:
        raise ValueError(f"{unknown[0]}: there is no such site; there are {', '.join(sorted(known))}")
    return plcs


@dataclass(frozen=True)
class Environment:
    """Addresses and secrets of one home, handed to each role as it needs them."""

    ports: Mapping[str, int]
    keys: Keys
    sites: Sequence[str]
    database: str | None = None
    """An outside PostgreSQL (``DATABASE_URL``), or None for our own."""
    plcs: Mapping[str, str] = field(default_factory=dict)
    """Sites with a PLC that is not ours (``outside_plcs``), and where it is; the others get a twin."""
    demo: bool = True
    """With twins of what a real shop has either outside or not at all: a marketplace's login, text messages."""

    def address(self, name: str, *, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.ports[name]}"

    @property
    def database_password(self) -> str:
        return self.keys.get("postgres")

    @property
    def database_url(self) -> str:
        return self.database or postgres.url(self.ports["postgres"], self.database_password)

    def bus(self, user: str) -> dict[str, str]:
        """The bus and its MQTT door, for one role."""
        login = f"{user}:{self.keys.get(f'nats-{user}')}@127.0.0.1"
        return {
            "AUTOSILO_NATS_URL": f"nats://{login}:{self.ports['nats']}",
            "AUTOSILO_MQTT_URL": f"mqtt://{login}:{self.ports['nats-mqtt']}",
        }

    def bus_server(self) -> dict[str, str]:
        """Passwords of all roles, for the server alone."""
        return {role.variable: self.keys.get(f"nats-{role.name}") for role in nats.users(self.sites)}

    def platform(self) -> dict[str, str]:
        """Web, worker, feeds and the Django commands."""
        bank = self.address("bank")
        return {
            "DATABASE_URL": self.database_url,
            "AUTOSILO_SECRET_KEY": self.keys.get("django"),
            "AUTOSILO_WEB_URL": self.address("web"),
            "AUTOSILO_BUREAU_URL": self.address("bureau"),
            "AUTOSILO_BUREAU_TOKEN": self.keys.get("bureau"),
            **self._ways_in(),
            "STRIPE_API_BASE": bank,
            "STRIPE_SECRET_KEY": self.keys.get("stripe-secret", prefix="sk_test_"),
            "STRIPE_PUBLISHABLE_KEY": self.keys.get("stripe-publishable", prefix="pk_test_"),
            "STRIPE_JS_URL": f"{bank}/js.stripe.com/v3/",
            "AUTOSILO_KIOSK_URLS": json.dumps({site: self.address(f"kiosk-{site}") for site in self.sites}),
            **{key: os.environ[key] for key in MAIL if key in os.environ},
            **self.bus(nats.PLATFORM),
        }

    def feeds(self) -> dict[str, str]:
        return {**self.platform(), "AUTOSILO_FEEDS_PORT": str(self.ports["feeds"])}

    def worker(self) -> dict[str, str]:
        return {**self.platform(), "AUTOSILO_WORKER_PORT": str(self.ports["worker"])}

    def bank(self) -> dict[str, str]:
        return {"STRIPE_API_BASE": self.address("bank")}

    def bureau(self) -> dict[str, str]:
        return {"AUTOSILO_BUREAU_URL": self.address("bureau"), "AUTOSILO_BUREAU_TOKEN": self.keys.get("bureau")}

    def market(self) -> dict[str, str]:
        """It sends browsers back only to the shop, by either name that the shop has on this machine."""
        web = self.address("web")
        return {
            "AUTOSILO_MARKET_URL": self.address("market"),
            "AUTOSILO_LOGIN_SECRET_MARKET": self.keys.get("market"),
            "AUTOSILO_MARKET_SHOPS": json.dumps([web, web.replace("127.0.0.1", "localhost")]),
        }

    def _ways_in(self) -> dict[str, str]:
        """What an operator of the demo has connected instead, stays."""
        if not self.demo or "texts" not in self.ports:  # a home that an earlier version made has no such port yet
            return {}
        outside = os.environ.get("AUTOSILO_SMS_URL")
        return {"AUTOSILO_LOGIN_SECRET_MARKET": self.keys.get("market"), **({} if outside else self.texts())}

    def texts(self) -> dict[str, str]:
        """The sender of text messages, for who sends and for the twin."""
        return {
            "AUTOSILO_SMS_URL": self.address("texts"),
            "AUTOSILO_SMS_ACCOUNT": texts.ACCOUNT,
            "AUTOSILO_SMS_TOKEN": self.keys.get("texts"),
            "AUTOSILO_SMS_FROM": "autosilo",
        }

    @property
    def twins(self) -> list[str]:
        """Sites whose PLC is a twin."""
        return [site for site in self.sites if site not in self.plcs]

    def plc(self, site: str) -> dict[str, str]:
        return {
            PLC_URL: self.address(f"plc-{site}", scheme="opc.tcp"),
            "AUTOSILO_WORLD_PORT": str(self.ports[f"world-{site}"]),
        }

    def site(self, site: str) -> dict[str, str]:
        return {
            PLC_URL: self.plcs.get(site) or self.address(f"plc-{site}", scheme="opc.tcp"),
            "AUTOSILO_KIOSK_PORT": str(self.ports[f"kiosk-{site}"]),
            "AUTOSILO_KIOSK_URL": self.address(f"kiosk-{site}"),
            "AUTOSILO_WEB_URL": self.address("web"),
            **self.bus(nats.site_user(site)),
        }

    def cars(self) -> dict[str, str]:
        worlds = {site: self.address(f"world-{site}") for site in self.twins}
        door = {"AUTOSILO_CARS_PORT": str(self.ports["cars"])}
        return {"AUTOSILO_WORLD_URLS": json.dumps(worlds), **door, **self.bus(nats.CARS)}
