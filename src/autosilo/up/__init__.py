"""The supervisor behind ``./run``: ``autosilo up``."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from typing import Any

from autosilo.tower.site_file import SiteFileError, load_all_sites
from autosilo.up import account, nats, options, postgres
from autosilo.up.console import Console
from autosilo.up.environment import Environment, base, outside_plcs
from autosilo.up.home import AlreadyRunning, Home
from autosilo.up.keys import Keys
from autosilo.up.plan import customary_ports, plan, port_names
from autosilo.up.ports import Claims, PortTaken, assign
from autosilo.up.spec import without
from autosilo.up.status import StatusFile
from autosilo.up.supervisor import Result, StartFailed, Supervisor

__all__ = ["main"]

TAKEN = 2
"""Exit code: another supervisor holds the home, or a port that was asked for is in use."""
FAILED = 1


def main(argv: Sequence[str]) -> int:
    """Start everything and keep it running until Ctrl-C or SIGTERM. Returns the exit code.

    Nothing starts before every site file was read: a mistake in one is said here, not by whoever trips over it.
    """
    try:
        wanted = options.parse(argv)
        sites = list(load_all_sites(folder=wanted.sites, pace=wanted.pace))
    except (SiteFileError, ValueError) as mistakes:
        for line in str(mistakes).splitlines():
            print(f"autosilo: {line}", file=sys.stderr)
        return FAILED
    home = Home(wanted.home)
    home.make()
    try:
        with home.claim(), contextlib.closing(Claims()) as claims:
            return asyncio.run(_up(wanted, home, sites, claims))
    except (AlreadyRunning, PortTaken) as busy:
        print(f"autosilo: {busy}", file=sys.stderr)
        return TAKEN
    except (StartFailed, ValueError, account.NoSuchAccount, nats.NoServer, postgres.CannotPrepare) as error:
        print(f"autosilo: {error}", file=sys.stderr)
        return FAILED


async def _up(wanted: options.Options, home: Home, sites: Sequence[str], claims: Claims) -> int:
    console = Console()
    outside = os.environ.get("DATABASE_URL") or None
    ports = assign(
        port_names(sites, own_database=outside is None),
        memory=home.ports,
        fixed=wanted.ports,
        customary=customary_ports(sites),
        claims=claims,
    )
    plcs = outside_plcs(os.environ, sites)
    keys = Keys(home.secrets)
    env = Environment(ports=ports, keys=keys, sites=sites, database=outside, plcs=plcs, demo=wanted.demo)
    console.plain(f"autosilo starts; data in {home.root}, logs in {home.logs}")
    for site, url in plcs.items():
        console.plain(f"{site}: the PLC at {url}, no twin")
    addresses = _addresses(env, set(wanted.without))
    supervisor = Supervisor(
        without(plan(home, env), set(wanted.without)),
        home=home,
        env=base(os.environ, home=home.root, sites=wanted.sites, pace=wanted.pace, demo=wanted.demo),
        console=console,
        status=StatusFile([home.status, *([wanted.json_status] if wanted.json_status else [])]),
        result=Result(addresses=addresses, demo=home.demo if wanted.demo else None),
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, supervisor.request_stop)
    await supervisor.run(on_ready=lambda seconds: _welcome(console, seconds, addresses, supervisor.logins()))
    console.plain("stopped")
    return 0


def _addresses(env: Environment, left_out: set[str]) -> dict[str, Any]:
    web = env.address("web")
    return {
        "web": web,
        "console": f"{web}/console",
        "admin": f"{web}/admin/",
        "kiosks": {site: env.address(f"kiosk-{site}") for site in env.sites if f"site-{site}" not in left_out},
        "ports": dict(env.ports),
    }


def _welcome(console: Console, seconds: float, addresses: dict[str, Any], logins: Any) -> None:
    console.plain(f"\nready after {seconds:.1f} s; Ctrl-C stops it\n")
    rows = [("shop", addresses["web"]), ("console", addresses["console"]), ("admin", addresses["admin"])]
    rows += [(f"kiosk {site}", url) for site, url in addresses["kiosks"].items()]
    console.table(rows)
    if logins:
        console.plain("\ndemo logins")
        console.table(list(_lines(logins)))
    console.plain("")


def _lines(logins: Any, prefix: str = "") -> list[tuple[str, str]]:
    """Nested demo data as pairs of label and text, whatever its form."""
    if isinstance(logins, dict):
        if all(not isinstance(value, dict | list) for value in logins.values()):
            return [(prefix or "login", ", ".join(f"{key} {value}" for key, value in logins.items()))]
        return [pair for key, value in logins.items() for pair in _lines(value, f"{prefix} {key}".strip())]
    if isinstance(logins, list):
        return [pair for value in logins for pair in _lines(value, prefix)]
    return [(prefix, str(logins))]
