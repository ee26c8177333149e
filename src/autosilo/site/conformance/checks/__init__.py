"""All checks, by topic; the order of import is the order of the run."""

# isort: off
from autosilo.site.conformance.checks import security
from autosilo.site.conformance.checks import nodes
from autosilo.site.conformance.checks import mirror
from autosilo.site.conformance.checks import clock
from autosilo.site.conformance.checks import order
from autosilo.site.conformance.checks import heartbeat
from autosilo.site.conformance.checks import kinds
from autosilo.site.conformance.checks import jobs
from autosilo.site.conformance.checks import places
from autosilo.site.conformance.checks import gates
from autosilo.site.conformance.checks import airlock
from autosilo.site.conformance.checks import intake
from autosilo.site.conformance.checks import interruption
from autosilo.site.conformance.checks import sensors
from autosilo.site.conformance.checks import connection
from autosilo.site.conformance.checks import power
# isort: on

__all__ = [
    "airlock",
    "clock",
    "connection",
    "gates",
    "heartbeat",
    "intake",
    "interruption",
    "jobs",
    "kinds",
    "mirror",
    "nodes",
    "order",
    "places",
    "power",
    "security",
    "sensors",
]
