"""Node.js and the peer's packages; one clear line where they cannot be had."""

import pytest

from autosilo.up import testing


@pytest.fixture(scope="session")
def node_packages() -> None:
    """As locked in ``plc/package-lock.json``."""
    try:
        testing.peer()
    except testing.install.CannotInstall as missing:
        pytest.fail(str(missing), pytrace=False)
