"""Commands given beside a running shop use its settings: its database, its keys."""

import json
import os

from autosilo.up.environment import Environment, base
from autosilo.up.home import Home, default_home, default_sites, site_names
from autosilo.up.keys import Keys


def borrow_environment() -> bool:
    """Complete this process's environment from the home of the shop (``AUTOSILO_HOME``); what is set already stays.

    False if that home was never started; then nothing is changed.
    """
    home = Home(default_home())
    if os.environ.get("DATABASE_URL") or not home.ports.exists():
        return False
    sites = default_sites()
    ports = json.loads(home.ports.read_text(encoding="utf-8"))
    demo = os.environ.get("AUTOSILO_DEMO", "1" if home.demo.exists() else "0") == "1"
    env = Environment(ports=ports, keys=Keys(home.secrets), sites=site_names(sites), database=None, demo=demo)
    settings = base(os.environ, home=home.root, sites=sites, pace=1.0, demo=demo) | env.platform()
    for name, value in settings.items():
        os.environ.setdefault(name, value)
    return True
