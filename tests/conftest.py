"""What every test may ask for: a real PostgreSQL, started the first time that a test needs it.

Django tests get it by themselves (``@pytest.mark.django_db``, ``db``). Others ask for ``database_url``.
With ``AUTOSILO_TEST_DATABASE_URL`` in the environment, that server is used and none is started. The name is its own,
so that tests never touch the data that ``DATABASE_URL`` points to.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from autosilo.up.throwaway import throwaway_postgres

settings.register_profile("shared-machine", deadline=None)  # how long an example takes says nothing here
settings.load_profile("shared-machine")

CHECKOUT = Path(__file__).parents[1]


def _cache() -> Path:
    return Path(os.environ.get("AUTOSILO_TEST_CACHE", CHECKOUT / "var" / "test-cache")).resolve()


@pytest.fixture(scope="session")
def test_cache() -> Path:
    """A folder that is kept between runs, for what is costly to make (``AUTOSILO_TEST_CACHE``)."""
    folder = _cache()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def database_url(test_cache: Path) -> Iterator[str]:
    """Address of a PostgreSQL whose user may create databases; its own database is empty at first."""
    given = os.environ.get("AUTOSILO_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with throwaway_postgres(test_cache) as server:
        yield server.url


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, database_url: str) -> None:
    """Point Django at that server just before pytest-django makes the test database."""
    from django.db import connections
    from psycopg.conninfo import conninfo_to_dict

    where = conninfo_to_dict(database_url)
    settings = connections["default"].settings_dict
    settings["HOST"] = where.get("host") or ""
    settings["PORT"] = str(where.get("port") or "")
    settings["USER"] = where.get("user") or ""
    settings["PASSWORD"] = where.get("password") or ""
    settings["NAME"] = where.get("dbname") or ""
    # two runs on one given server must not share a database
    settings["TEST"]["NAME"] = f"test_{settings['NAME']}_{os.getpid()}"
