"""Which port a server gets."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from autosilo.up import ports


@pytest.fixture
def busy() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


@pytest.fixture
def claims() -> Iterator[ports.Claims]:
    with closing(ports.Claims()) as held:
        yield held


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "SETTLE_S", 0.2)


def test_the_customary_port_is_taken_when_free(tmp_path: Path, claims: ports.Claims) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        near = probe.getsockname()[1]
    assert ports.assign(["web"], memory=tmp_path / "p", fixed={}, customary={"web": near}, claims=claims) == {
        "web": near
    }


def test_a_neighbour_is_taken_when_it_is_not(tmp_path: Path, busy: int, claims: ports.Claims) -> None:
    got = ports.assign(["web"], memory=tmp_path / "p", fixed={}, customary={"web": busy}, claims=claims)
    assert busy < got["web"] <= busy + ports.NEIGHBOURS


def test_a_port_is_kept_for_the_next_start(tmp_path: Path, claims: ports.Claims) -> None:
    first = ports.assign(["nats"], memory=tmp_path / "p", fixed={}, customary={}, claims=claims)
    claims.close()
    assert (
        ports.assign(["nats", "web"], memory=tmp_path / "p", fixed={}, customary={}, claims=claims)["nats"]
        == first["nats"]
    )


def test_a_newcomer_does_not_take_a_port_that_another_keeps(tmp_path: Path, claims: ports.Claims) -> None:
    """A new site's customary port may be the one that an old site has moved to."""
    old = ports.assign(["b"], memory=tmp_path / "p", fixed={}, customary={}, claims=claims)["b"]
    claims.close()
    both = ports.assign(["a", "b"], memory=tmp_path / "p", fixed={}, customary={"a": old}, claims=claims)
    assert both["b"] == old
    assert both["a"] != old


def test_a_kept_port_that_somebody_took_is_replaced(tmp_path: Path, busy: int, claims: ports.Claims) -> None:
    (tmp_path / "p").write_text(json.dumps({"nats": busy}))
    got = ports.assign(["nats"], memory=tmp_path / "p", fixed={}, customary={}, claims=claims)
    assert got["nats"] != busy
    assert json.loads((tmp_path / "p").read_text()) == got


def test_a_configured_port_in_use_is_an_error_that_names_it(tmp_path: Path, busy: int, claims: ports.Claims) -> None:
    with pytest.raises(ports.PortTaken, match=str(busy)):
        ports.assign(["web"], memory=tmp_path / "p", fixed={"web": busy}, customary={}, claims=claims)


def test_no_port_is_given_twice(tmp_path: Path, claims: ports.Claims) -> None:
    names = [f"server-{number}" for number in range(40)]
    got = ports.assign(names, memory=tmp_path / "p", fixed={}, customary=dict.fromkeys(names, 25_000), claims=claims)
    assert len(set(got.values())) == len(names)


def test_ports_are_configured_by_name() -> None:
    given = {"AUTOSILO_PORT_WEB": "8000", "AUTOSILO_PORT_KIOSK_SHANGHAI": "8101", "AUTOSILO_PORT_X": "", "PATH": "/bin"}
    assert ports.configured(given) == {"web": 8000, "kiosk-shanghai": 8101}


def test_a_port_that_another_start_has_spoken_for_is_not_given(tmp_path: Path, claims: ports.Claims) -> None:
    first = ports.assign(["web"], memory=tmp_path / "p", fixed={}, customary={"web": 25_000}, claims=claims)
    with closing(ports.Claims()) as other:
        second = ports.assign(["web"], memory=tmp_path / "q", fixed={}, customary={"web": 25_000}, claims=other)
    assert second["web"] != first["web"]
