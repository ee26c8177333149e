"""Configuration of the message bus: JetStream, the MQTT door for cars, and what each role may say and hear.

The passwords stay in the environment of the server process; the file names only the variables.
"""

import json
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autosilo.wire import subjects
from autosilo.wire.subjects import site_user as site_user

PROGRAM = "nats-server"
PLATFORM = subjects.PLATFORM_USER
CARS = "cars"
# An MQTT filter that ends in "#" also asks for the level above it, so "cars" stands beside "cars.>" below.
MQTT_OWN = ("$MQTT.sub.>", "$MQTT.deliver.>")
"""The server's own delivery subjects for MQTT sessions with QoS 1 and 2. All sessions share them, so only those have
them that may hear every car anyway; a site speaks NATS."""


class NoServer(Exception):
    """There is no ``nats-server`` in this installation; safe to show."""


@dataclass(frozen=True)
class User:
    """One role on the bus."""

    name: str
    publish: tuple[str, ...]
    subscribe: tuple[str, ...]
    answers: bool = False
    """May it publish where a request that it received wants its reply, once each?"""

    @property
    def variable(self) -> str:
        """The environment variable of the server that holds this user's password."""
        return "NATS_PASSWORD_" + self.name.upper().replace("-", "_")


def replies(user: str) -> str:
    """Where replies to the requests of ``user`` arrive, and to nobody else's."""
    return f"{subjects.inbox(user)}.>"


def users(sites: Sequence[str]) -> list[User]:
    """Every role with the least that it needs: a site hears its own orders and speaks for itself alone."""
    return [_platform(), _cars(), *(_site(name) for name in sites)]


def _platform() -> User:
    streams = ("ORDERS", "FACTS")
    manage = [f"$JS.API.STREAM.{verb}.{name}" for name in streams for verb in ("CREATE", "UPDATE", "INFO", "MSG.GET")]
    consume = [
        f"$JS.API.CONSUMER.{verb}.{name}.>"
        for name in streams
        for verb in ("CREATE", "DURABLE.CREATE", "INFO", "DELETE", "MSG.NEXT")
    ]
    ask = ["$JS.API.INFO", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.LIST", "$JS.API.CONSUMER.NAMES.FACTS"]
    return User(
        PLATFORM,
        publish=("to.>", "cars.*.*.command", subjects.watch("*"), "$JS.ACK.FACTS.>", *ask, *manage, *consume),
        subscribe=(
            *(replies(PLATFORM), "from.>", subjects.ask_cars("*"), "live.>", subjects.video("*", "*")),
            *("cars", "cars.>", *MQTT_OWN),
        ),
        answers=True,
    )


def _site(name: str) -> User:
    me = site_user(name)
    return User(
        me,
        publish=(
            f"from.{name}.>",
            f"live.{name}",
            subjects.movements(name),
            subjects.ask_cars(name),
            subjects.video(name, "*"),
            f"cars.{name}.*.command",
            "$JS.API.INFO",
            "$JS.API.STREAM.NAMES",
            *(f"$JS.API.STREAM.{verb}.{stream}" for stream in ("ORDERS", "FACTS") for verb in ("INFO", "CREATE")),
            # its own consumer, filtered to its own orders: the filter is part of the subject
            f"$JS.API.CONSUMER.CREATE.ORDERS.{me}.to.{name}.>",
            f"$JS.API.CONSUMER.INFO.ORDERS.{me}",
            f"$JS.API.CONSUMER.MSG.NEXT.ORDERS.{me}",
            f"$JS.ACK.ORDERS.{me}.>",
        ),
        subscribe=(replies(me), f"cars.{name}.*.state", subjects.movements("*"), subjects.watch(name)),
    )


def _cars() -> User:
    return User(CARS, publish=("cars.*.*.state",), subscribe=("cars.*.*.command", *MQTT_OWN))


def program() -> Path:
    """The server beside this Python, else on the path.

    Raises:
        NoServer: neither has it.
    """
    beside = Path(sys.executable).parent / PROGRAM
    found = str(beside) if beside.exists() else shutil.which(PROGRAM)
    if not found:
        raise NoServer(f"{PROGRAM} is missing; install the project's requirements again (./run --setup-only)")
    return Path(found)


def configuration(*, store: Path, port: int, mqtt_port: int, monitor_port: int, roles: Sequence[User]) -> str:
    """The text of ``nats.conf``. JSON is a subset of the server's language, so strings are quoted as JSON."""
    entries = ",\n".join(_entry(role) for role in roles)
    return f"""# Written by autosilo at each start; changes here are lost.
server_name: autosilo
listen: "127.0.0.1:{port}"
http: "127.0.0.1:{monitor_port}"
jetstream {{
  store_dir: {json.dumps(str(store))}
  # a confirmed message has reached the disk, also through a power cut
  sync_interval: always
}}
mqtt {{ listen: "127.0.0.1:{mqtt_port}" }}
authorization {{
  users: [
{entries}
  ]
}}
"""


def _entry(role: User) -> str:
    return f"""    {{ user: {json.dumps(role.name)}, password: ${role.variable}, permissions: {{
        publish: {{ allow: {json.dumps(list(role.publish))} }}
        subscribe: {{ allow: {json.dumps(list(role.subscribe))} }}
        allow_responses: {json.dumps(role.answers)}
    }} }}"""
