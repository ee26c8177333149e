"""Who may talk to the mailbox, and what they may write."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asyncua import Client, ua
from asyncua.crypto.security_policies import (
    SecurityPolicyAes256Sha256RsaPss,
    SecurityPolicyBasic256Sha256,
)
from cryptography.x509.oid import ExtendedKeyUsageOID

from autosilo.site.control.pki import make_certificate, rotate
from autosilo.wire import mailbox
from twin.plc.rig import SLUG, Rig

REFUSED = (ua.UaError, ConnectionError, TimeoutError)


@pytest.fixture(scope="module")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    rig = Rig(tmp_path_factory.mktemp("security"), {"L1.B0201": 1})
    rig.start_plc()
    yield rig
    rig.close()


@pytest.fixture
def stranger(tmp_path: Path) -> tuple[str, str]:
    """A well-made certificate with the controller's own name in it, that nobody pinned."""
    key, certificate = make_certificate("controller", mailbox.controller_uri(SLUG), ExtendedKeyUsageOID.CLIENT_AUTH)
    (tmp_path / "key.pem").write_bytes(key)
    (tmp_path / "cert.der").write_bytes(certificate)
    return str(tmp_path / "cert.der"), str(tmp_path / "key.pem")


async def client(rig: Rig, pair: tuple[str, str] | None = None, policy: Any = SecurityPolicyBasic256Sha256) -> Client:
    certificate, key = pair or (str(rig.pki / "controller.cert.der"), str(rig.pki / "controller.key.pem"))
    one = Client(rig.url, timeout=2)
    one.application_uri = mailbox.controller_uri(SLUG)
    await one.set_security(policy, certificate, key, server_certificate=str(rig.pki / "plc.cert.der"))
    return one


@pytest.mark.parametrize("policy", [SecurityPolicyBasic256Sha256, SecurityPolicyAes256Sha256RsaPss])
async def test_the_pinned_controller_comes_in(rig: Rig, policy: Any) -> None:
    async with await client(rig, policy=policy) as one:
        assert await one.get_namespace_index(mailbox.NAMESPACE) > 0


async def test_an_unknown_certificate_is_refused_and_logged(rig: Rig, stranger: tuple[str, str]) -> None:
    with pytest.raises(REFUSED):
        await (await client(rig, stranger)).connect()
    assert "unknown client certificate refused" in rig.log


async def test_stating_the_pinned_certificate_does_not_help_without_its_key(
    rig: Rig, stranger: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The certificate is public: what counts is which key opened the channel."""
    pinned = (rig.pki / "controller.cert.der").read_bytes()
    one = await client(rig, stranger)
    create = one.uaclient.create_session

    async def lie(parameters: ua.CreateSessionParameters) -> ua.CreateSessionResult:
        parameters.ClientCertificate = pinned
        return await create(parameters)

    monkeypatch.setattr(one.uaclient, "create_session", lie)
    before = rig.log.count("unknown client certificate refused")
    with pytest.raises(REFUSED):
        await one.connect()
    assert rig.log.count("unknown client certificate refused") > before


async def test_leaving_the_certificate_out_does_not_help(
    rig: Rig, stranger: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await client(rig, stranger)
    create = one.uaclient.create_session

    async def mute(parameters: ua.CreateSessionParameters) -> ua.CreateSessionResult:
        parameters.ClientCertificate = None
        return await create(parameters)

    monkeypatch.setattr(one.uaclient, "create_session", mute)
    with pytest.raises(REFUSED):
        await one.connect()


async def test_there_is_no_door_without_security(rig: Rig) -> None:
    with pytest.raises(REFUSED):
        await Client(rig.url, timeout=2).connect()


async def test_a_plc_that_is_not_the_pinned_one_is_refused(rig: Rig, stranger: tuple[str, str]) -> None:
    one = Client(rig.url, timeout=2)
    one.application_uri = mailbox.controller_uri(SLUG)
    await one.set_security(
        SecurityPolicyBasic256Sha256,
        str(rig.pki / "controller.cert.der"),
        str(rig.pki / "controller.key.pem"),
        server_certificate=stranger[0],
    )
    with pytest.raises(REFUSED):
        await one.connect()


@pytest.mark.parametrize("name", ["L1.Status.State", "L1.Status.Mode", "L1.Safety.Occupancy", "L1.D1.Sensors.Gate"])
async def test_the_mirror_cannot_be_written(rig: Rig, name: str) -> None:
    async with await client(rig) as one:
        namespace = await one.get_namespace_index(mailbox.NAMESPACE)
        with pytest.raises(ua.UaError):
            await one.get_node(ua.NodeId(name, namespace)).write_value(ua.Variant(1, ua.VariantType.UInt32))


async def test_every_node_is_of_its_documented_type(rig: Rig) -> None:
    async with await client(rig) as one:
        namespace = await one.get_namespace_index(mailbox.NAMESPACE)
        for name, kind in [pair for unit in rig.units for pair in mailbox.unit_nodes(unit).items()]:
            value = await one.get_node(ua.NodeId(name, namespace)).read_data_value()
            assert value.Value.VariantType.name == kind, name


async def test_a_rotated_pin_holds_at_once(rig: Rig) -> None:
    old = [(rig.pki / name).read_bytes() for name in ("controller.cert.der", "controller.key.pem", "plc.cert.der")]
    rotate(rig.home, SLUG)
    for name, content in zip(("old.der", "old.pem", "plc.cert.der"), old, strict=True):
        (rig.pki / name).write_bytes(content)  # the PLC keeps its certificate until it restarts
    with pytest.raises(REFUSED):
        await (await client(rig, (str(rig.pki / "old.der"), str(rig.pki / "old.pem")))).connect()
    async with await client(rig) as one:
        assert await one.get_namespace_index(mailbox.NAMESPACE) > 0
