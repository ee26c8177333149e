"""``autosilo bench dispatch``: the sequencing of the lifts against computed optima. One file a case."""

from collections.abc import Callable, Iterable, Sequence

from autosilo.bench.command import Conditions
from autosilo.bench.dispatch import (
    burst,
    first_decision,
    from_file,
    one_year,
    publish,
    same_day,
    stream,
    throughput,
    two_deep,
    waits_told,
    whole_days,
)
from autosilo.bench.report import Figure

__all__ = ["CASES", "measure"]

Case = Callable[[Conditions], Iterable[Figure]]

CASES: tuple[Case, ...] = (
    burst.figures,
    stream.figures,
    throughput.figures,
    first_decision.figures,
    whole_days.figures,
    two_deep.figures,
    one_year.figures,
    waits_told.figures,
    same_day.figures,
)


def measure(conditions: Conditions) -> Sequence[Figure]:
    """All cases; or only the instances of a file, or only writing ours."""
    if path := conditions.options.get("write_instances"):
        return [Figure(name=f"written to {path}", value=publish.write(path), unit="instances")]
    if "instances" in conditions.options:
        return list(from_file.figures(conditions.options["instances"]))
    return [figure for case in CASES for figure in case(conditions)]
