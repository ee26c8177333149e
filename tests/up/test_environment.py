"""What a child process is told."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from autosilo.platform.resources.signin import logins
from autosilo.up import environment
from autosilo.up.environment import Environment, outside_plcs
from autosilo.up.home import Home
from autosilo.up.keys import Keys
from autosilo.up.plan import plan, port_names
from autosilo.up.spec import Child

SITES = ("nanjing", "new-town")


def test_children_never_ask_a_proxy_for_their_neighbours() -> None:
    told = environment.base(
        {"HTTP_PROXY": "http://proxy.example:3128", "NO_PROXY": "elsewhere", "PATH": "/bin", "SECRET": "x"},
        home=Path("/home"),
        sites=Path("/sites"),
        pace=1.0,
        demo=False,
    )
    assert told["NO_PROXY"] == told["no_proxy"] == "127.0.0.1,localhost"
    assert told["PATH"] == "/bin"
    assert not {"HTTP_PROXY", "SECRET"} & told.keys()


def test_a_site_with_a_plc_of_its_own_gets_no_twin(tmp_path: Path) -> None:
    plcs = outside_plcs({"AUTOSILO_PLC_URL_NEW_TOWN": "opc.tcp://192.0.2.10:4840"}, SITES)
    ports = {name: 20_000 + number for number, name in enumerate(port_names(SITES, own_database=False))}
    env = Environment(ports=ports, keys=Keys(tmp_path / "keys"), sites=SITES, database="postgresql://x/y", plcs=plcs)
    (tmp_path / "weights").mkdir()
    nodes = {node.name: node for node in plan(Home(tmp_path), env)}
    assert "plc-nanjing" in nodes
    assert "plc-new-town" not in nodes
    assert list(json.loads(nodes["cars"].env["AUTOSILO_WORLD_URLS"])) == ["nanjing"]
    assert nodes["site-new-town"].env["AUTOSILO_PLC_URL"] == "opc.tcp://192.0.2.10:4840"
    assert nodes["site-nanjing"].env["AUTOSILO_PLC_URL"] == f"opc.tcp://127.0.0.1:{ports['plc-nanjing']}"
    seen: set[str] = set()
    for node in nodes.values():
        assert set(node.needs) <= seen, node.name
        seen.add(node.name)
    assert isinstance(nodes["site-new-town"], Child)


@pytest.mark.parametrize(
    ("name", "url"),
    [("AUTOSILO_PLC_URL_NEW_TOWN", "http://192.0.2.10"), ("AUTOSILO_PLC_URL_ELSEWHERE", "opc.tcp://192.0.2.10:4840")],
)
def test_an_address_that_leads_nowhere_is_named(name: str, url: str) -> None:
    with pytest.raises(ValueError, match=name):
        outside_plcs({name: url}, SITES)


def test_the_demo_takes_its_own_marketplaces_login_and_a_real_shop_takes_none(tmp_path: Path) -> None:
    ports = {name: 20_000 + number for number, name in enumerate(port_names(SITES, own_database=False))}
    env = Environment(ports=ports, keys=Keys(tmp_path / "keys"), sites=SITES, database="postgresql://x/y")
    (tmp_path / "weights").mkdir()
    nodes = {node.name: node for node in plan(Home(tmp_path), env)}

    def told(*, demo: bool) -> dict[str, str]:
        return environment.base({}, home=tmp_path, sites=tmp_path, pace=1.0, demo=demo)

    (login,) = logins.read(Path(told(demo=True)["AUTOSILO_LOGINS"]).read_text(encoding="utf-8"), nodes["web"].env)
    assert login.issuer == nodes["market"].env["AUTOSILO_MARKET_URL"]
    assert login.secret == nodes["market"].env["AUTOSILO_LOGIN_SECRET_MARKET"]
    assert nodes["worker"].env["AUTOSILO_SMS_URL"] == nodes["texts"].env["AUTOSILO_SMS_URL"]
    assert "AUTOSILO_LOGINS" not in told(demo=False)
    real = {node.name: node for node in plan(Home(tmp_path), replace(env, demo=False))}
    assert not {"market", "texts"} & real.keys()
    assert not [name for name in real["web"].env if name.startswith(("AUTOSILO_SMS", "AUTOSILO_LOGIN"))]
