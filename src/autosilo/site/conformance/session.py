"""One OPC UA session with the PLC under test, and the ways to open one: rightly, and wrongly on purpose."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asyncua import Client, ua
from asyncua.crypto.security_policies import SecurityPolicyAes256Sha256RsaPss, SecurityPolicyBasic256Sha256

from autosilo.wire import mailbox

REQUEST_TIMEOUT_S = 4.0
SESSION_TIMEOUT_MS = 60_000
POLICIES = {"Basic256Sha256": SecurityPolicyBasic256Sha256, "Aes256Sha256RsaPss": SecurityPolicyAes256Sha256RsaPss}
BROKEN = (ua.UaError, OSError, TimeoutError, EOFError, asyncio.IncompleteReadError)
"""What the stack raises when the peer refuses or is gone."""


class SessionLost(Exception):
    """A request got no answer: the session, or the PLC, is gone."""


@dataclass(frozen=True)
class Target:
    """Where the PLC is and how it knows us. ``pki`` is the site's folder of keys."""

    endpoint: str
    site: str
    pki: Path

    @property
    def controller(self) -> tuple[Path, Path]:
        """Certificate and key."""
        return self.pki / "controller.cert.der", self.pki / "controller.key.pem"

    @property
    def plc_certificate(self) -> Path:
        return self.pki / "plc.cert.der"


def quiet() -> None:
    """The stack logs each refused connection with its traceback; here refusals are expected and reported."""
    logging.getLogger("asyncua").setLevel(logging.CRITICAL + 1)


async def client_for(target: Target, *, policy: str = "Basic256Sha256", pair: tuple[Path, Path] | None = None) -> Any:
    """A client that is not connected yet. ``pair``: certificate and key instead of the controller's own."""
    certificate, key = pair or target.controller
    client = Client(target.endpoint, timeout=REQUEST_TIMEOUT_S, auto_reconnect=False, watchdog_intervall=3600)
    client.application_uri = mailbox.controller_uri(target.site)
    client.session_timeout = SESSION_TIMEOUT_MS
    await client.set_security(
        POLICIES[policy],
        certificate=str(certificate),
        private_key=str(key),
        server_certificate=str(target.plc_certificate),
        mode=ua.MessageSecurityMode.SignAndEncrypt,
    )
    return client


async def close(client: Any) -> None:
    """End a session without a word about how."""
    with suppress(Exception):
        async with asyncio.timeout(REQUEST_TIMEOUT_S):
            await client.disconnect()
    with suppress(Exception):
        client.disconnect_socket()


class Session:
    """Reads and writes nodes by their identifiers. Open with ``Session.open``."""

    def __init__(self, client: Any, namespace: int) -> None:
        self.client = client
        self.namespace = namespace

    @classmethod
    async def open(cls, target: Target, *, policy: str = "Basic256Sha256") -> "Session":
        """Raises one of ``BROKEN``, or ``ValueError`` when the namespace is not there."""
        client = await client_for(target, policy=policy)
        try:
            await client.connect()
            return cls(client, await client.get_namespace_index(mailbox.NAMESPACE))
        except BaseException:
            await close(client)
            raise

    def id(self, name: str) -> Any:
        return ua.NodeId(name, self.namespace)

    async def attributes(self, names: Iterable[str], attribute: Any) -> dict[str, Any]:
        """``DataValue`` of an attribute of each node, good or bad. Raises ``SessionLost``."""
        names = list(names)
        try:
            answers = await self.client.uaclient.read_attributes([self.id(name) for name in names], attribute)
        except Exception as error:  # the stack raises many kinds; all mean that this session is of no use
            raise SessionLost(f"reading: {error!r}") from error
        return dict(zip(names, answers, strict=True))

    async def read(self, names: Iterable[str]) -> dict[str, Any]:
        """Values by name; None for a node that cannot be read. Raises ``SessionLost``."""
        answers = await self.attributes(names, ua.AttributeIds.Value)
        return {name: one.Value.Value if one.StatusCode.is_good() else None for name, one in answers.items()}

    async def write(self, values: Mapping[str, int | str]) -> dict[str, Any]:
        """Write in this order, in one request; returns the status code of each. Raises ``SessionLost``."""
        data = [ua.DataValue(_variant(value)) for value in values.values()]
        try:
            answers = await self.client.uaclient.write_attributes(
                [self.id(name) for name in values], data, ua.AttributeIds.Value
            )
        except Exception as error:  # as above
            raise SessionLost(f"writing: {error!r}") from error
        return dict(zip(values, answers, strict=True))

    async def close(self) -> None:
        await close(self.client)

    def cut(self) -> None:
        """Drop the connection as a pulled cable would: without closing the session."""
        transport = getattr(self.client.uaclient.protocol, "transport", None)
        if transport is not None:
            transport.abort()


def _variant(value: int | str) -> Any:
    return ua.Variant(value, ua.VariantType.String if isinstance(value, str) else ua.VariantType.UInt32)
