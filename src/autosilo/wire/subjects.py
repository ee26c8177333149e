"""Names of streams, subjects and topics, in one place."""

ORDERS_STREAM = "ORDERS"
FACTS_STREAM = "FACTS"


def orders(site: str) -> str:
    """Platform -> site, JetStream."""
    return f"to.{site}.orders"


def facts(site: str) -> str:
    """Site -> platform, JetStream."""
    return f"from.{site}.facts"


def live(site: str) -> str:
    """Site -> screens, core NATS, lossy by design."""
    return f"live.{site}"


def car_state(site: str, vin: str) -> str:
    """MQTT topic, retained."""
    return f"cars/{site}/{vin}/state"


def car_command(site: str, vin: str) -> str:
    """MQTT topic."""
    return f"cars/{site}/{vin}/command"
