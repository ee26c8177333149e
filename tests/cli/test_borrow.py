"""A command given beside a shop uses that shop's database and keys."""

import json

from autosilo.up.borrow import borrow_environment


def test_nothing_is_borrowed_from_a_home_that_never_ran(tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOSILO_HOME", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert not borrow_environment()


def test_database_and_keys_come_from_the_home_and_what_is_set_stays(tmp_path, monkeypatch):
    names = ("web", "postgres", "nats", "nats-mqtt", "bank", "bureau", "kiosk-nanjing")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "ports.json").write_text(json.dumps({name: 20_000 + i for i, name in enumerate(names)}))
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "nanjing.toml").touch()
    environment = {
        "AUTOSILO_HOME": str(tmp_path),
        "AUTOSILO_SITES": str(tmp_path / "sites"),
        "STRIPE_SECRET_KEY": "mine",
    }
    monkeypatch.setattr("os.environ", environment)
    assert borrow_environment()
    assert environment["DATABASE_URL"].endswith("@127.0.0.1:20001/autosilo")
    assert environment["STRIPE_SECRET_KEY"] == "mine"
    assert environment["AUTOSILO_DEMO"] == "0"
    assert (tmp_path / "secrets.json").stat().st_mode & 0o077 == 0
