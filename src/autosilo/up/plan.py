"""The table of processes behind ``./run``: what they are, what each needs first, and how one sees that it is ready."""

import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from autosilo.twin import market
from autosilo.up import nats, postgres
from autosilo.up.environment import Environment
from autosilo.up.home import Home, checkout, write_atomically
from autosilo.up.spec import Child, Http, Node, Sql, Step, Tcp

WEB_PORT = 8000
FIRST_KIOSK_PORT = 8101


def port_names(sites: Sequence[str], *, own_database: bool) -> list[str]:
    """Every port that the plan needs."""
    shared = [
        "web",
        "worker",
        "feeds",
        "cars",
        "nats",
        "nats-mqtt",
        "nats-monitor",
        "bank",
        "bureau",
        "market",
        "texts",
    ]
    each = [f"{kind}-{site}" for site in sites for kind in ("kiosk", "plc", "world")]
    return [*shared, *each, *(["postgres"] if own_database else [])]


def customary_ports(sites: Sequence[str]) -> dict[str, int]:
    """Ports that people type: tried first, then their neighbours."""
    return {"web": WEB_PORT, **{f"kiosk-{site}": FIRST_KIOSK_PORT + number for number, site in enumerate(sites)}}


def autosilo(*words: str) -> tuple[str, ...]:
    """Our own command line, by this very Python."""
    return (sys.executable, "-m", "autosilo.cli", *words)


def plan(home: Home, env: Environment) -> list[Node]:
    """Everything, in an order in which each node's needs stand above it."""
    seeing = [] if linked_weights(home.root, checkout() / "var") else [Step(name="weights", argv=autosilo("weights"))]
    return [
        *seeing,
        *_database(home, env),
        _bus(home, env),
        _bank(env),
        _bureau(env),
        *((_market(home, env), _texts(env)) if env.demo else ()),
        *(_certificates(site) for site in env.sites),
        _prepare_platform(env),
        *(_plc(site, env) for site in env.twins),
        _cars(env),
        *(_site(site, env, seeing) for site in env.sites),
        _feeds(env),
        _worker(env),
        _web(env, seeing),
    ]


def linked_weights(home: Path, usual: Path) -> bool:
    """Use the weights of the usual home in a private one, too; False if neither has them and they must be fetched."""
    wanted, known = home / "weights", usual / "weights"
    if not wanted.exists() and known.is_dir():
        wanted.unlink(missing_ok=True)  # a link whose target went away
        wanted.symlink_to(known)
    return wanted.is_dir()


def _database(home: Home, env: Environment) -> list[Node]:
    if env.database:
        return []
    cluster = postgres.place(home.root / "pg")
    password = env.database_password
    port = env.ports["postgres"]

    def make_or_recover() -> str | None:
        if postgres.make(cluster, password):
            return "new database cluster" + (f" ({cluster.moved_because})" if cluster.moved_because else "")
        return postgres.recover(cluster)

    def create() -> str | None:
        return "created" if postgres.ensure_database(port, password) else None

    server = Child(
        name="postgres",
        argv=tuple(cluster.command(port)),
        leashed=True,
        before=make_or_recover,
        probe=Sql(postgres.url(port, password, "postgres")),
        stop_signal=postgres.STOP_SIGNAL,
        stop_within_s=20,
    )
    return [server, Step(name="database", call=create, needs=("postgres",))]


def _bus(home: Home, env: Environment) -> Child:
    folder = home.root / "nats"
    folder.mkdir(exist_ok=True, mode=0o700)
    file = folder / "nats.conf"
    text = nats.configuration(
        store=folder / "jetstream",
        port=env.ports["nats"],
        mqtt_port=env.ports["nats-mqtt"],
        monitor_port=env.ports["nats-monitor"],
        roles=nats.users(env.sites),
    )
    write_atomically(file, text)
    return Child(
        name="nats",
        argv=(str(nats.program()), "--config", str(file)),
        env=env.bus_server(),
        probe=Http(env.address("nats-monitor") + "/healthz?js-enabled-only=true"),
        on_death=signal.SIGTERM,
    )


def _bank(env: Environment) -> Child:
    argv = autosilo("twin", "bank")
    return Child(name="bank", argv=argv, env=env.bank(), probe=Http(env.address("bank") + "/healthz"))


def _bureau(env: Environment) -> Child:
    argv = autosilo("twin", "bureau")
    return Child(name="bureau", argv=argv, env=env.bureau(), probe=Http(env.address("bureau") + "/healthz"))


def _market(home: Home, env: Environment) -> Child:
    """With the file by which the demo's shop takes its login."""
    file = market.logins_file(home.root)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(file, market.logins(env.address("market")))
    argv = autosilo("twin", "market")
    return Child(name="market", argv=argv, env=env.market(), probe=Http(env.address("market") + "/healthz"))


def _texts(env: Environment) -> Child:
    argv = autosilo("twin", "texts")
    return Child(name="texts", argv=argv, env=env.texts(), probe=Http(env.address("texts") + "/healthz"))


def _certificates(site: str) -> Step:
    return Step(name=f"pki-{site}", argv=autosilo("site", "pki", site))


def _plc(site: str, env: Environment) -> Child:
    return Child(
        name=f"plc-{site}",
        argv=autosilo("twin", "plc", site),
        env=env.plc(site),
        needs=(f"pki-{site}", "prepare"),  # "prepare" lays out the cars that a new twin begins with
        probe=Tcp(env.ports[f"plc-{site}"]),
    )


def _prepare_platform(env: Environment) -> Step:
    certificates = (f"pki-{site}" for site in env.sites)  # the platform seals face templates for each site
    needs = (*certificates, *(() if env.database else ("database",)))
    return Step(name="prepare", argv=autosilo("prepare"), env=env.platform(), needs=needs)


def _cars(env: Environment) -> Child:
    needs = ("nats", *(f"plc-{site}" for site in env.twins))
    probe = Http(env.address("cars") + "/readyz")
    return Child(name="cars", argv=autosilo("twin", "cars"), env=env.cars(), needs=needs, probe=probe)


def _site(site: str, env: Environment, seeing: Sequence[Node]) -> Child:
    """After its twin; with a PLC that is not ours, after its certificates and, in the demo, its commissioning."""
    plc = (f"pki-{site}", "prepare") if site in env.plcs else (f"plc-{site}",)
    return Child(
        name=f"site-{site}",
        argv=autosilo("site", site),
        env=env.site(site),
        needs=("nats", *plc, *(node.name for node in seeing)),
        probe=Http(env.address(f"kiosk-{site}") + "/healthz"),
    )


def _feeds(env: Environment) -> Child:
    probe = Http(env.address("feeds") + "/readyz")
    return Child(name="feeds", argv=autosilo("feeds"), env=env.feeds(), needs=("nats", "prepare"), probe=probe)


def _worker(env: Environment) -> Child:
    probe = Http(env.address("worker") + "/readyz")
    return Child(name="worker", argv=autosilo("worker"), env=env.worker(), needs=("prepare",), probe=probe)


def _web(env: Environment, seeing: Sequence[Node]) -> Child:
    return Child(
        name="web",
        argv=autosilo("web"),
        env=env.platform(),
        needs=("prepare", *(node.name for node in seeing)),
        probe=Http(env.address("web") + "/readyz"),
    )
