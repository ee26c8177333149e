"""The door of a process that serves nobody."""

import httpx
import pytest

from autosilo.up.door import open_door
from autosilo.up.throwaway import free_port


@pytest.mark.parametrize(("there", "status"), [(True, 200), (False, 503)])
def test_it_tells_health_readiness_and_figures(there: bool, status: int) -> None:
    port = free_port()
    door = open_door(port, lambda: {"database": there})
    try:
        at = f"http://127.0.0.1:{port}"
        assert httpx.get(f"{at}/healthz").status_code == 200
        ready = httpx.get(f"{at}/readyz")
        assert (ready.status_code, ready.json()) == (status, {"database": there})
        assert "autosilo_spent_seconds_total" in _with_meter(at)
        assert httpx.get(f"{at}/else").status_code == 404
    finally:
        door.shutdown()
        door.server_close()


def _with_meter(at: str) -> str:
    import autosilo.meter  # noqa: F401  its counters are part of every process's figures

    return httpx.get(f"{at}/metrics").text
