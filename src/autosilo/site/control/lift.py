"""The driver of a lift: besides commands it compares sensors with the inventory, and watches the key switch."""

from collections.abc import Callable, Collection

from autosilo.site.control.holding import Told
from autosilo.site.control.journal import Journal, JournalledCommand
from autosilo.site.control.ledger import Ledger
from autosilo.site.control.mailbox import PlcLink
from autosilo.site.control.readings import LiftStatus
from autosilo.site.control.reconcile import disagreements
from autosilo.site.control.unit import UnitDriver
from autosilo.tower.config import Lift, TowerConfig
from autosilo.tower.geometry import Place, Point, lift_places
from autosilo.tower.kinematics import move_s, travel_s
from autosilo.tower.storage.bays import bays_of
from autosilo.wire.books import OrderRefusal
from autosilo.wire.mailbox import Fault, Kind, Mode, Phase

NOT_AUTO = "the key switch is not on Auto"
WALK = "the key switch was turned: every bay must be confirmed"
TURNED = "the key switch was turned, and the controller did not see it"
AGREE_AGAIN = "the sensors, which agree again"


class LiftDriver(UnitDriver):
    """``elsewhere`` names places that are not to be compared now: stations where a driver may come or go, and places
    that another lift is moving a car from or to."""

    def __init__(
        self,
        *,
        tower: TowerConfig,
        lift: Lift,
        journal: Journal,
        ledger: Ledger,
        link: PlcLink,
        told: Told,
        elsewhere: Callable[[str], Collection[str]],
    ) -> None:
        super().__init__(lift.name, journal=journal, link=link, told=told, patience_s=tower.gate.dwell_limit_s)
        self.lift = lift
        self.places: dict[str, Place] = {place.name: place for place in lift_places(tower, lift)}
        self.bays = bays_of(lift, list(self.places.values()))
        self._ledger = ledger
        self._elsewhere = elsewhere

    @property
    def status(self) -> LiftStatus | None:
        """As last read, None before the first connection."""
        status = self._link.status.get(self.name)
        return status if isinstance(status, LiftStatus) else None

    @property
    def at(self) -> Point:
        """Where the carriage is (or was when last seen; first station before that)."""
        status = self.status
        if status is None:
            return next(place.at for place in self.places.values() if place.class_number == 0)
        return Point(status.second_mm / 1000, status.lift_mm / 1000)

    def running(self) -> JournalledCommand | None:
        """The move whose outcome is not known yet."""
        return self._journal.open_command(self.name)

    def barred(self, place: Place) -> str | None:
        """Why nothing is begun at ``place``: the lift is out of service, or a bay blocked. None when nothing stands
        against it."""
        out = self._ledger.out_of_service.get(self.name)
        if out is not None:
            return f"{self.name} is out of service: {out.reason}"
        for name in (place.name, place.front or ""):
            if name in self._ledger.blocked:
                return f"{name} is blocked: {self._ledger.blocked[name].reason}"
        return None

    def still_wrong(self) -> tuple[OrderRefusal, str] | None:
        wrong = super().still_wrong()
        if wrong is not None:
            return wrong
        walk = self._ledger.walks.get(self.name)
        if walk is not None and walk.every:
            return "not_confirmed", f"{self.name}: {walk.why}; the walk from bay to bay is not finished"
        if self.running() is not None or self.exchange.stranger() is not None:
            return None
        differing = self.disagreements()
        return ("differs", f"{differing[0][0]}: {differing[0][1]}") if differing else None

    def watch(self) -> None:
        """A key switch that leaves Auto holds the lift at once, and asks for a walk from bay to bay: what was said in
        one before counts no more."""
        super().watch()
        if self._link.connected:
            self._mind_the_key()

    def _mind_the_key(self) -> None:
        """By where the key switch stands, and by how often it was turned, which also tells of what nobody saw."""
        status = self.status
        if status is None:
            return
        away, known = status.mode is not Mode.AUTO, self._ledger.mode_changes.get(self.name)
        why = f"the key switch was on {status.mode.name.title()}" if away else TURNED
        if known is None and not away:
            self._ledger.note_mode_changes(self.name, status.mode_changes)
        elif known != status.mode_changes:
            self._ledger.key_turned(self.name, status.mode_changes, why=why)
        if away:
            self._ledger.open_walk(self.name, why=why, every=True)
        free, walk = self.holding.released.is_set(), self._ledger.walks.get(self.name)
        if away and free:
            self.holding.set(NOT_AUTO, self.name)
        elif not away and (free or (self.hold and self.hold.reason == NOT_AUTO)) and walk is not None and walk.every:
            self.holding.set(WALK, self.name)

    def _trouble(self) -> str | None:
        return super()._trouble() or self._link.trouble

    def disagreements(self) -> list[tuple[str, str]]:
        """(place, what is wrong) now. Raises ``LinkDown``."""
        status = self.exchange.require_status()
        if not isinstance(status, LiftStatus):
            raise AssertionError("a lift reads as a lift")
        return disagreements(
            places=list(self.places),
            inventory=self._journal.inventory,
            occupied=status.occupied,
            load_present=status.load_present,
            in_use=self._elsewhere(self.name),
        )

    def _compare(self, generation: int) -> bool:
        self._mind_the_key()
        if not self.holding.released.is_set():
            return False
        walk = self._ledger.walks.get(self.name)
        wrong = self.disagreements()
        if wrong:
            place, what = wrong[0]
            more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
            self._ledger.open_walk(self.name, why=f"{place}: {what}{more}", every=False)
            self.holding.set(what + more, place)
            return False
        if walk is not None:
            self._ledger.finish(walk, by=AGREE_AGAIN)
        return True

    async def _resume(self, command: JournalledCommand, fault: Fault) -> None:
        if fault is Fault.MODE_CHANGED:
            self._ledger.open_walk(self.name, why="the key switch was turned during a job", every=True)
        self._mind_the_key()
        await super()._resume(command, fault)

    def _expected_s(self, command: JournalledCommand) -> float:
        source, target = (self.places.get(name) for name in (command.command.src, command.command.dst))
        if target is None:
            return 0.0
        if source is None:
            return travel_s(self.lift, self.at, target.at)
        return move_s(self.lift, self.at, source, target)

    def _where(self, command: JournalledCommand) -> str:
        status = self.status
        early = status is None or status.phase in (Phase.NONE, Phase.TAKING, Phase.TO_SOURCE)
        return command.command.src if early and command.command.kind == Kind.MOVE else command.command.dst
