"""A command's way through the mailbox, beside what the same OPC UA stack needs for the bare writes and reads."""

import time
from dataclasses import dataclass

from asyncua import Client, ua
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256

from autosilo.bench.tower.motion import opened
from autosilo.bench.tower.town import Town
from autosilo.site.control.exchange import Order
from autosilo.site.control.mailbox import BUSY_POLL_S
from autosilo.site.control.unit import UnitDriver
from autosilo.twin.plc.plc import SCAN_S
from autosilo.wire import mailbox
from autosilo.wire.mailbox import Kind, Reject

UNIT = "L1.D1"
WAITS_S = SCAN_S / 2 + BUSY_POLL_S / 2
"""What must be waited for besides: half a scan until the PLC looks, half a poll until we do."""


@dataclass(frozen=True, slots=True)
class Trips:
    """Seconds of each."""

    mailbox_s: list[float]
    bare_s: list[float]


async def measure(town: Town, *, times: int) -> Trips:
    """In turn, so that a slow moment of the machine meets both."""
    floor = opened(town)
    client = await _bare_client(town)
    try:
        unit = floor.stations[UNIT]
        await unit.settle_down()
        nodes = _Nodes(await client.get_namespace_index(mailbox.NAMESPACE))
        trips = Trips([], [])
        for _ in range(times):
            trips.mailbox_s.append(await _mailbox(unit))
            trips.bare_s.append(await _bare(client, nodes))
        return trips
    finally:
        await client.disconnect()
        await floor.link.stop()
        floor.journal.close()


async def _mailbox(unit: UnitDriver) -> float:
    """A SYNC moves nothing and is always accepted. Written in the journal before, which is not counted here."""
    command = unit.exchange.intend(Order(Kind.SYNC))
    began = time.perf_counter()
    if await unit.exchange.send(command) is not Reject.NONE:
        raise RuntimeError("a SYNC was refused")
    return time.perf_counter() - began


class _Nodes:
    """What one command writes and one look reads, of a unit at rest: values that change nothing."""

    def __init__(self, namespace: int) -> None:
        heartbeat = mailbox.node(UNIT, "Heartbeat", "Controller")
        self.written = [ua.NodeId(heartbeat, namespace)] * len(mailbox.COMMAND)
        self.values = [ua.DataValue(ua.Variant(n + 1, ua.VariantType.UInt32)) for n in range(len(mailbox.COMMAND))]
        names = [mailbox.node(UNIT, group, field) for group in ("Status", "Sensors") for field in _FIELDS[group]]
        self.read = [ua.NodeId(name, namespace) for name in names]


_FIELDS = {"Status": mailbox.UNIT_STATUS, "Sensors": mailbox.SENSORS}


async def _bare(client: Client, nodes: _Nodes) -> float:
    """One request that writes as many nodes as a command has, one that reads a unit."""
    began = time.perf_counter()
    for status in await client.uaclient.write_attributes(nodes.written, nodes.values, ua.AttributeIds.Value):
        status.check()
    await client.uaclient.read_attributes(nodes.read, ua.AttributeIds.Value)
    return time.perf_counter() - began


async def _bare_client(town: Town) -> Client:
    pki = town.home / "pki" / town.slug
    client = Client(town.url, timeout=10)
    client.application_uri = mailbox.controller_uri(town.slug)
    await client.set_security(
        SecurityPolicyBasic256Sha256,
        certificate=str(pki / "controller.cert.der"),
        private_key=str(pki / "controller.key.pem"),
        server_certificate=str(pki / "plc.cert.der"),
        mode=ua.MessageSecurityMode.SignAndEncrypt,
    )
    await client.connect()
    return client
