"""How the link is secured: as well as the PLC can."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from asyncua import Client, Server, ua
from asyncua.crypto.security_policies import SecurityPolicyAes256Sha256RsaPss, SecurityPolicyBasic256Sha256

from autosilo.site.control.pins import Pins
from autosilo.site.control.pki import ensure_pki
from autosilo.wire import mailbox
from twin.plc.rig import SLUG, free_port

BASIC = ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt
BETTER = ua.SecurityPolicyType.Aes256Sha256RsaPss_SignAndEncrypt
REFUSED = (ua.UaError, ConnectionError, TimeoutError)


@asynccontextmanager
async def plc(pki: Path, url: str, policies: list[ua.SecurityPolicyType]) -> AsyncIterator[None]:
    """A server with the PLC's certificate that offers these."""
    server = Server()
    await server.init()
    server.set_endpoint(url)
    await server.set_application_uri(mailbox.plc_uri(SLUG))
    server.set_security_policy(policies)
    server.set_identity_tokens([ua.AnonymousIdentityToken])
    await server.load_certificate(pki / "plc.cert.der")
    await server.load_private_key(pki / "plc.key.pem")
    async with server:
        yield


def client(url: str) -> Client:
    one = Client(url, timeout=2, auto_reconnect=False)
    one.application_uri = mailbox.controller_uri(SLUG)
    return one


async def test_the_better_policy_is_used_where_it_is_offered(tmp_path: Path) -> None:
    pki, url = ensure_pki(tmp_path, SLUG), f"opc.tcp://127.0.0.1:{free_port()}/"
    async with plc(pki, url, [BASIC, BETTER]):
        one = client(url)
        await Pins(pki, site=SLUG).connect(one)
        assert one.security_policy.URI == SecurityPolicyAes256Sha256RsaPss.URI
        await one.disconnect()


async def test_a_plc_that_offers_only_the_other_is_reached_at_the_second_attempt(tmp_path: Path) -> None:
    pki, url = ensure_pki(tmp_path, SLUG), f"opc.tcp://127.0.0.1:{free_port()}/"
    pins = Pins(pki, site=SLUG)
    async with plc(pki, url, [BASIC]):
        with pytest.raises(REFUSED):
            await pins.connect(client(url))
        one = client(url)
        await pins.connect(one)
        assert one.security_policy.URI == SecurityPolicyBasic256Sha256.URI
        await one.disconnect()
