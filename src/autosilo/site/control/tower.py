"""One tower as the rest of the site sees it."""

from collections.abc import Callable
from pathlib import Path

from autosilo.site.control.types import AdmitResult, FetchResult, TakeInResult, TowerEvent
from autosilo.tower.config import SiteConfig
from autosilo.wire.live import TowerLive


class Tower:
    """Moves cars exactly once.

    Every job carries a ``job_key`` (for example the trial's id). A key names one collection (``fetch`` and
    ``hand_over``) and one return (``admit`` and ``take_in``). All four may be called again with the same key at any
    time, also after the process was killed: the call joins the job where it stands and nothing moves twice. Calls wait
    as long as it takes: on a lift that serves somebody else, on a PLC that is away, on an operator who has to look
    (``held``). Cancel the task to stop waiting; the job stays in the journal and can be joined later.

    ``home`` is AUTOSILO_HOME: reads ``pki/<site>/``, keeps ``sites/<site>/journal.db``, and learns the first inventory
    from ``sites/<site>/commissioning.json`` ({place: vin}). ``plc_url`` is ``opc.tcp://host:port/…``.
    """

    def __init__(self, *, config: SiteConfig, home: Path, plc_url: str) -> None:
        raise NotImplementedError  # under construction

    async def start(self) -> None:
        """Open the journal and begin to connect; returns at once and never raises for a dead PLC."""
        raise NotImplementedError

    async def stop(self) -> None:
        """Stop talking. The PLC finishes the move that runs; the next start joins it."""
        raise NotImplementedError

    @property
    def config(self) -> SiteConfig:
        """The site's configuration, with the pace already applied."""
        raise NotImplementedError

    @property
    def connected(self) -> bool:
        """Is the PLC's heartbeat alive?"""
        raise NotImplementedError

    @property
    def held(self) -> str | None:
        """Why the tower (or one lift of it) waits for an operator, with the place to look at; None when it does not."""
        raise NotImplementedError

    def snapshot(self) -> TowerLive:
        """The moving picture; computed from what was last read, cheap enough for 5 Hz."""
        raise NotImplementedError

    def inventory(self) -> dict[str, str]:
        """Place -> VIN of every car inside, by the journal."""
        raise NotImplementedError

    def place_of(self, vin: str) -> str | None:
        """Where the car stands (bay, station), or None when it is not inside."""
        raise NotImplementedError

    def free_bays(self) -> int:
        """Bays that are neither taken, promised to a job, nor blocked."""
        raise NotImplementedError

    def eta_s(self, vin: str) -> float:
        """Expected seconds until the car stands behind an open gate, from kinematics and the jobs ahead.

        Raises ``CannotFetch("not_here")``.
        """
        raise NotImplementedError

    async def fetch(self, *, job_key: str, vin: str) -> FetchResult:
        """Bring the car to a free delivery station of its lift; open the gate when the zone is clear.

        The lift stays locked until ``hand_over`` has ended. Raises ``CannotFetch``.
        """
        raise NotImplementedError

    async def hand_over(self, *, job_key: str, vin: str) -> None:
        """Wait until the car left and the zone is clear, then shut the gate. Raises ``CannotHandOver``."""
        raise NotImplementedError

    async def admit(self, *, job_key: str, vin: str, plate: str) -> AdmitResult:
        """Reserve a bay and open an intake gate for this car. Raises ``CannotAdmit``."""
        raise NotImplementedError

    async def take_in(self, *, job_key: str, vin: str) -> TakeInResult:
        """Wait for the car in the intake, check it, shut the gate, store it.

        A refused car keeps the gate open so that it can leave (or be unplugged, and ``take_in`` called again); when
        it has left, the gate shuts by itself. ``timed_out``: no car came; the gate is shut again and ``admit`` may be
        called anew. Raises ``CannotTakeIn("not_admitted")``.
        """
        raise NotImplementedError

    async def resolve_hold(self, *, operator: str) -> None:
        """An operator has looked: check again and go on. Raises ``CannotResolve`` when the sensors still disagree."""
        raise NotImplementedError

    def subscribe(self, callback: Callable[[TowerEvent], None]) -> Callable[[], None]:
        """Call ``callback`` with each event, in order, in the event loop; it must not block. Returns unsubscribe."""
        raise NotImplementedError
