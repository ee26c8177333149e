"""Figures of one site for Prometheus. None of them is about a person."""

from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

Read = Callable[[], Mapping[str, float]]


class _Gauges(Collector):
    def __init__(self, read: Read) -> None:
        self._read = read

    def collect(self) -> Iterable[GaugeMetricFamily]:
        for name, value in self._read().items():
            yield GaugeMetricFamily(f"autosilo_site_{name}", name.replace("_", " "), value=value)


def registry_of(read: Read) -> CollectorRegistry:
    """A registry whose gauges are read when they are asked for."""
    registry = CollectorRegistry()
    registry.register(_Gauges(read))
    return registry
