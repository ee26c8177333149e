"""One OPC UA session with a PLC: secured, opened, read, written and closed. Knows nothing of units."""

import asyncio
from contextlib import suppress
from typing import Any, TypeAlias

from asyncua import Client, ua

from autosilo.site.control.pins import Pins
from autosilo.wire import mailbox

REQUEST_TIMEOUT_S = 1.5
ValueId: TypeAlias = ua.ReadValueId


class LinkDown(Exception):
    """Nothing could be sent; whether a command in flight arrived is unknown."""


EVERYDAY = (LinkDown, ua.UaError, OSError, TimeoutError, EOFError)
"""What a dead or dying peer makes the stack raise. Anything else may be a fault of ours and is logged in full."""


class Session:
    """Every method raises ``LinkDown``, caused by what the stack raised; then the session is of no use any more."""

    def __init__(self, client: Client, namespace: int) -> None:
        self._client = client
        self._namespace = namespace

    @classmethod
    async def open(cls, url: str, *, site: str, pins: Pins) -> "Session":
        """Connect to the PLC at ``url`` with the certificates of ``pins``."""
        client = Client(url, timeout=REQUEST_TIMEOUT_S, auto_reconnect=False, watchdog_intervall=3600)
        client.application_uri = mailbox.controller_uri(site)
        client.session_timeout = 60_000
        try:
            await pins.connect(client)
            return cls(client, await client.get_namespace_index(mailbox.NAMESPACE))
        except BaseException as error:
            await cls(client, 0).close()
            if isinstance(error, Exception):
                raise LinkDown(repr(error)) from error
            raise

    async def close(self) -> None:
        """Politely if the peer is there, and in any case."""
        with suppress(Exception):
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                await self._client.disconnect()
        with suppress(Exception):
            self._client.disconnect_socket()

    def value_id(self, name: str) -> ValueId:
        """How a node's value is asked for; made once for what is read again and again."""
        one = ua.ReadValueId()
        one.NodeId = ua.NodeId(name, self._namespace)
        one.AttributeId = ua.AttributeIds.Value
        return one

    async def read(self, names: list[str]) -> list[Any]:
        """Values of nodes, in one request."""
        return await self.ask([self.value_id(name) for name in names])

    async def ask(self, ids: list[ValueId]) -> list[Any]:
        """The same for prepared names."""
        parameters = ua.ReadParameters()
        parameters.NodesToRead = ids
        try:
            answers = await self._client.uaclient.read(parameters)
            for one, answer in zip(ids, answers, strict=True):
                if answer.StatusCode is not None and not answer.StatusCode.is_good():
                    raise LinkDown(f"{one.NodeId.Identifier}: {answer.StatusCode.name}")
            return [answer.Value.Value if answer.Value is not None else None for answer in answers]
        except LinkDown:
            raise
        except Exception as error:  # the stack raises many kinds; all mean that this session is of no use
            raise LinkDown(repr(error)) from error

    async def write(self, values: dict[str, int | str]) -> None:
        """Set nodes, in one request and in this order."""
        try:
            ids = [ua.NodeId(name, self._namespace) for name in values]
            data = [ua.DataValue(_variant(value)) for value in values.values()]
            for status in await self._client.uaclient.write_attributes(ids, data, ua.AttributeIds.Value):
                status.check()
        except Exception as error:  # as above
            raise LinkDown(repr(error)) from error


def _variant(value: int | str) -> ua.Variant:
    return ua.Variant(value, ua.VariantType.String if isinstance(value, str) else ua.VariantType.UInt32)
