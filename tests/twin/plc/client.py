"""A bare OPC UA client of one PLC, by the names of ``wire.mailbox`` alone: it shares nothing with the controller."""

import asyncio
from contextlib import suppress
from typing import Any

from asyncua import Client, ua
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256

from autosilo.wire import mailbox
from autosilo.wire.mailbox import Command, RetainedJob
from twin.plc.rig import SLUG, Rig

HEARTBEAT_S = 0.3
TYPES = {mailbox.UINT32: ua.VariantType.UInt32, mailbox.STRING: ua.VariantType.String}


class MailboxClient:
    """One session; it keeps every unit's heartbeat going while ``alive``."""

    def __init__(self, rig: Rig, units: tuple[str, ...], policy: Any = SecurityPolicyBasic256Sha256) -> None:
        self._rig, self._units, self._policy = rig, units, policy
        self._client: Client | None = None
        self._namespace = 0
        self._beating: asyncio.Task[None] | None = None
        self.alive = True

    async def __aenter__(self) -> "MailboxClient":
        self._client = Client(self._rig.url, timeout=5)
        self._client.application_uri = mailbox.controller_uri(SLUG)
        pki = self._rig.pki
        await self._client.set_security(
            self._policy,
            str(pki / "controller.cert.der"),
            str(pki / "controller.key.pem"),
            server_certificate=str(pki / "plc.cert.der"),
        )
        await self._client.connect()
        self._namespace = await self._client.get_namespace_index(mailbox.NAMESPACE)
        self._beating = asyncio.create_task(self._beat())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._beating is not None:
            self._beating.cancel()
            with suppress(asyncio.CancelledError, ua.UaError, OSError, TimeoutError):
                await self._beating
        if self._client is None:
            return
        with suppress(ua.UaError, OSError, TimeoutError):
            await self._client.disconnect()

    async def read(self, *names: str) -> list[Any]:
        """Values of nodes, in one request."""
        assert self._client is not None
        nodes = [self._client.get_node(ua.NodeId(name, self._namespace)) for name in names]
        return await self._client.read_values(nodes)

    async def group(self, unit: str, group: str) -> dict[str, Any]:
        """A whole group of a unit by field."""
        prefix = f"{unit}.{group}."
        names = [name for name in mailbox.unit_nodes(unit) if name.startswith(prefix)]
        values = await self.read(*names)
        return {name.removeprefix(prefix): value for name, value in zip(names, values, strict=True)}

    async def write(self, values: dict[str, int | str]) -> None:
        """Set nodes, one request for all, in the given order."""
        assert self._client is not None
        kinds = {name: kind for unit in self._units for name, kind in mailbox.unit_nodes(unit).items()}
        nodes = [self._client.get_node(ua.NodeId(name, self._namespace)) for name in values]
        variants = [ua.DataValue(ua.Variant(value, TYPES[kinds[name]])) for name, value in values.items()]
        await self._client.write_values(nodes, variants)

    async def write_variant(self, name: str, variant: ua.Variant) -> None:
        """Set one node to anything."""
        assert self._client is not None
        node = self._client.get_node(ua.NodeId(name, self._namespace))
        await node.write_attribute(ua.AttributeIds.Value, ua.DataValue(variant))

    async def send(self, unit: str, command: Command, **changes: int | str) -> None:
        """Write one command, ``Seq`` last, with ``changes`` to what its fields say."""
        fields = command.fields() | changes
        await self.write({mailbox.node(unit, "Command", name): value for name, value in fields.items()})

    async def retained(self, unit: str) -> list[RetainedJob]:
        """The retained log, newest first."""
        lines = await self.group(unit, "Retained")
        return [job for name in sorted(lines) if (job := RetainedJob.parse(lines[name]))]

    async def _beat(self) -> None:
        count = 0
        while True:
            if self.alive:
                count += 1
                await self.write({mailbox.node(unit, "Heartbeat", "Controller"): count for unit in self._units})
            await asyncio.sleep(HEARTBEAT_S)
