"""Which port a server gets."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from autosilo.up import ports
from autosilo.up.throwaway import free_port


@pytest.fixture
def busy() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "SETTLE_S", 0.2)


def test_the_customary_port_is_taken_when_free(tmp_path: Path) -> None:
    near = free_port()
    assert ports.assign(["web"], memory=tmp_path / "p", fixed={}, customary={"web": near}) == {"web": near}


def test_a_neighbour_is_taken_when_it_is_not(tmp_path: Path, busy: int) -> None:
    got = ports.assign(["web"], memory=tmp_path / "p", fixed={}, customary={"web": busy})
    assert busy < got["web"] <= busy + ports.NEIGHBOURS


def test_a_port_is_kept_for_the_next_start(tmp_path: Path) -> None:
    first = ports.assign(["nats"], memory=tmp_path / "p", fixed={}, customary={})
    assert ports.assign(["nats", "web"], memory=tmp_path / "p", fixed={}, customary={})["nats"] == first["nats"]


def test_a_kept_port_that_somebody_took_is_replaced(tmp_path: Path, busy: int) -> None:
    (tmp_path / "p").write_text(json.dumps({"nats": busy}))
    got = ports.assign(["nats"], memory=tmp_path / "p", fixed={}, customary={})
    assert got["nats"] != busy
    assert json.loads((tmp_path / "p").read_text()) == got


def test_a_configured_port_that_is_in_use_is_an_error_that_names_it(tmp_path: Path, busy: int) -> None:
    with pytest.raises(ports.PortTaken, match=str(busy)):
        ports.assign(["web"], memory=tmp_path / "p", fixed={"web": busy}, customary={})


def test_no_port_is_given_twice(tmp_path: Path) -> None:
    names = [f"server-{number}" for number in range(40)]
    got = ports.assign(names, memory=tmp_path / "p", fixed={}, customary=dict.fromkeys(names, free_port()))
    assert len(set(got.values())) == len(names)


def test_ports_are_configured_by_name() -> None:
    given = {"AUTOSILO_PORT_WEB": "8000", "AUTOSILO_PORT_KIOSK_SHANGHAI": "8101", "AUTOSILO_PORT_X": "", "PATH": "/bin"}
    assert ports.configured(given) == {"web": 8000, "kiosk-shanghai": 8101}
