"""The address space: every node there, of its type, writable only where the contract says so."""

from typing import Any

from asyncua import ua

from autosilo.site.conformance.machine import Machine
from autosilo.site.conformance.registry import Failed, Level, check
from autosilo.wire import mailbox

SHOWN = 5
"""So many wrong nodes are named; the rest is counted."""
DATA_TYPE = {mailbox.UINT32: ua.ObjectIds.UInt32, mailbox.STRING: ua.ObjectIds.String}


def _nodes(m: Machine) -> dict[str, str]:
    return {name: kind for unit in m.units for name, kind in mailbox.unit_nodes(unit).items()}


def _writable(name: str) -> bool:
    return ".".join(name.split(".")[-2:]) in mailbox.WRITABLE


def _none_wrong(wrong: list[str], good: str) -> str:
    if wrong:
        more = f" and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        raise Failed("; ".join(wrong[:SHOWN]) + more)
    return good


@check("nodes.namespace", "Connection", f"the namespace {mailbox.NAMESPACE} is there", level=Level.READ_ONLY)
async def namespace(m: Machine) -> str:
    found = await m.session.client.get_namespace_array()
    if found.count(mailbox.NAMESPACE) != 1:
        raise Failed(f"namespaces: {found}")
    return f"index {found.index(mailbox.NAMESPACE)}"


@check("nodes.all-there", "Connection", "every node of every unit of the site file can be read", level=Level.READ_ONLY)
async def all_there(m: Machine) -> str:
    answers = await m.session.attributes(_nodes(m), ua.AttributeIds.Value)
    wrong = [f"{name}: {one.StatusCode.name}" for name, one in answers.items() if not one.StatusCode.is_good()]
    return _none_wrong(wrong, f"{len(answers)} nodes of {len(m.units)} units")


@check(
    "nodes.types",
    "Connection",
    "every node is of its type, UInt32 or String, in attribute and value",
    level=Level.READ_ONLY,
)
async def types(m: Machine) -> str:
    wanted = _nodes(m)
    declared = await m.session.attributes(wanted, ua.AttributeIds.DataType)
    values = await m.session.attributes(wanted, ua.AttributeIds.Value)
    wrong = []
    for name, kind in wanted.items():
        data_type, value = declared[name].Value, values[name].Value
        if data_type is None or data_type.Value != ua.NodeId(DATA_TYPE[kind]):
            wrong.append(f"{name}: DataType {data_type and data_type.Value}, not {kind}")
        elif value is None or value.VariantType.name != kind or value.is_array:
            wrong.append(f"{name}: the value is {value and value.VariantType.name}, not {kind}")
    return _none_wrong(wrong, f"{len(wanted)} nodes")


@check(
    "nodes.access", "Connection", "only the Command group and Heartbeat.Controller are writable", level=Level.READ_ONLY
)
async def access(m: Machine) -> str:
    wanted = _nodes(m)
    levels = await m.session.attributes(wanted, ua.AttributeIds.UserAccessLevel)
    wrong = []
    for name in wanted:
        bits = int(levels[name].Value.Value) if levels[name].Value else 0
        may_read, may_write = bool(bits & 1), bool(bits & 2)
        if not may_read or may_write != _writable(name):
            wrong.append(f"{name}: read {may_read}, write {may_write}")
    writable = sum(map(_writable, wanted))
    return _none_wrong(wrong, f"{writable} nodes can be written, {len(wanted) - writable} only read")


@check(
    "nodes.mirror-refuses-writes",
    "Connection",
    "writing to any other node is refused and changes nothing",
    level=Level.NO_MOTION,
)
async def mirror_refuses_writes(m: Machine) -> str:
    names = {name: kind for name, kind in _nodes(m).items() if not _writable(name)}
    before = await m.session.read(names)
    same: dict[str, Any] = {name: before[name] for name in names if before[name] is not None}
    codes = await m.session.write(same)  # what is there already: harmless even where the PLC lets us
    wrong = [name for name, code in codes.items() if code.is_good()]
    return _none_wrong([f"{name} can be written" for name in wrong], f"{len(codes)} writes refused")
