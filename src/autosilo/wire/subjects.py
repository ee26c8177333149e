"""Names of streams, subjects and topics, in one place."""

from dataclasses import dataclass

ORDERS_STREAM = "ORDERS"
FACTS_STREAM = "FACTS"

DAY_S = 24 * 3600
DUPLICATE_WINDOW_S = 10 * 60.0
"""How long the bus itself drops a second publish of one message id; receivers are idempotent beyond it."""


@dataclass(frozen=True, kw_only=True)
class Stream:
    """What a JetStream stream is created with, by whichever process starts first."""

    name: str
    subjects: tuple[str, ...]
    max_age_s: float
    max_bytes: int
    duplicate_window_s: float = DUPLICATE_WINDOW_S
    until_acknowledged: bool = False
    """Each message has one reader and goes when that has it (NATS: work queue)."""


STREAMS: tuple[Stream, ...] = (
    Stream(
        name=ORDERS_STREAM, subjects=("to.>",), max_age_s=90 * DAY_S, max_bytes=256 * 2**20, until_acknowledged=True
    ),
    Stream(name=FACTS_STREAM, subjects=("from.>",), max_age_s=30 * DAY_S, max_bytes=256 * 2**20),
)
"""An order outlives a long cut of a site's link; the limits only keep a disk from filling up. It may carry a sealed
template, so it is not kept once its site has it."""


PLATFORM_USER = "platform"


def site_user(site: str) -> str:
    """The bus user of a site."""
    return f"site-{site}"


def inbox(user: str) -> str:
    """Where replies to ``user``'s requests arrive: a prefix of its own, so that no role can listen to another's."""
    return f"_INBOX_{user}"


def orders(site: str) -> str:
    """Platform -> site, JetStream."""
    return f"to.{site}.orders"


def facts(site: str) -> str:
    """Site -> platform, JetStream."""
    return f"from.{site}.facts"


def live(site: str) -> str:
    """Site -> screens, core NATS, lossy by design."""
    return f"live.{site}"


def movements(site: str) -> str:
    """Site -> sites, core NATS: lost without harm, never kept."""
    return f"movements.{site}"


def ask_cars(site: str) -> str:
    """Site -> platform, core NATS, request and reply: which cars would do as well?"""
    return f"ask.{site}.cars"


def watch(site: str) -> str:
    """Platform -> site, core NATS: an operator looks at who called."""
    return f"watch.{site}"


def video(site: str, viewer: str) -> str:
    """Site -> the one who looks, core NATS: sealed for them, lost without harm, never kept."""
    return f"video.{site}.{viewer}"


def car_state(site: str, vin: str) -> str:
    """MQTT topic, retained."""
    return f"cars/{site}/{vin}/state"


def car_command(site: str, vin: str) -> str:
    """MQTT topic."""
    return f"cars/{site}/{vin}/command"


def as_subject(topic: str) -> str:
    """The NATS subject under which the server's MQTT listener carries ``topic``."""
    return topic.replace("/", ".").replace("+", "*")
