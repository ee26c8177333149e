"""The twin's figures, in Prometheus' text form."""

from autosilo.twin.plc.plc import Plc


def text(plc: Plc) -> str:
    """Of the running power cycle; violations and moves since the tower was commissioned."""
    memory = plc.memory
    lines = [
        f"autosilo_twin_plc_scans_total {plc.scans}",
        f"autosilo_twin_plc_scan_seconds_total {plc.scan_s_total:.6f}",
        f"autosilo_twin_plc_scan_longest_seconds {plc.scan_s_longest:.6f}",
        f"autosilo_twin_plc_moves_total {memory.moves_done}",
        f"autosilo_twin_plc_ledger_events_total {memory.ledger_next - 1}",
        f"autosilo_twin_plc_violations_total {sum(memory.violations.values())}",
    ]
    lines += [
        f'autosilo_twin_plc_violations{{invariant="{name}"}} {n}' for name, n in sorted(memory.violations.items())
    ]
    return "\n".join(lines) + "\n"
