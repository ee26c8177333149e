"""Node.js, the peer's packages, and one running peer; one clear line where they cannot be had."""

from collections.abc import Iterator

import pytest

from autosilo.up import testing
from peer.rigs import PeerRig


@pytest.fixture(scope="session")
def node_packages() -> None:
    """As locked in ``plc/package-lock.json``."""
    try:
        testing.peer()
    except testing.install.CannotInstall as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture(scope="session")
def running_peer(node_packages: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeerRig]:
    """For tests that ``reset`` it first."""
    one = PeerRig(tmp_path_factory.mktemp("running-peer"))
    one.start()
    yield one
    one.close()
