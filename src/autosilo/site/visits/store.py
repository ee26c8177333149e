"""The visits this site knows, kept in its SQLite file.

A state change is a compare-and-set that must touch one row; it leaves a history row, and the fact that tells the
platform of it goes to the outbox in the same transaction (the caller opens it).
"""

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from autosilo.site.accesses import AccessLog
from autosilo.site.db import SiteDb
from autosilo.site.visits.states import FALLBACKS, IN_PROGRESS, TRANSITIONS, VisitState
from autosilo.site.visits.which_car import car_of, renewed, take_ordered
from autosilo.wire.alike import CarAlike
from autosilo.wire.bus import ExpectVisitor, ForgetVisitor, Method
from autosilo.wire.sealed import Sealed

TEMPLATE_GRACE = timedelta(days=1)
"""A site cut off from the platform shreds the template of a visitor who never came after this long."""

COMES_EARLY = timedelta(days=1)
"""Who stands at the kiosk so long before their time is told the time; earlier, the face is not looked for at all."""

RETURN_TEMPLATE_GRACE = timedelta(days=14)
"""The same for a car that was never brought back; the pass still works then."""


class StateChanged(Exception):
    """The row was not in the state that the change expects: somebody else was first."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One row. Times are aware UTC."""

    trial: UUID
    revision: int
    state: VisitState
    vin: str
    plate: str
    model_name: str
    paint_hex: str
    greeting: str
    language: str
    collect_from: datetime
    collect_until: datetime
    return_until: datetime
    code_salt: str
    code_digest: str
    wrong_codes: int
    locked_until: datetime | None
    method: Method | None
    kiosk: str | None
    at_gate: str | None


class VisitStore:
    """Reads and writes of the ``visit`` table."""

    def __init__(self, db: SiteDb) -> None:
        self.db = db
        self.accesses = AccessLog(db)

    # --- orders ---

    def expect(self, order: ExpectVisitor, *, now: datetime) -> bool:
        """Store or renew an expected visitor; False when an equal or higher revision, or a farewell, came before."""
        with self.db.transaction():
            row = self.db.row(
                "SELECT revision, state, forgotten, pass_digest, code_digest FROM visit WHERE trial = ?",
                _key(order.trial),
            )
            if row is None:
                self._insert(order)
                self._note_received(order)
                self._history(order.trial, None, VisitState.EXPECTED, "expected by the platform", now)
                return True
            if row["forgotten"] or row["revision"] >= order.revision:
                return False
            self._shred(order.trial)
            self._renew(order, VisitState(row["state"]))
            self._note_received(order)
            if (row["pass_digest"], row["code_digest"]) != (order.pass_digest, order.code_digest):
                self.db.execute(
                    "UPDATE visit SET wrong_codes = 0, locked_until = NULL WHERE trial = ?", _key(order.trial)
                )
        self.db.scrub()
        return True

    def forget(self, order: ForgetVisitor, *, now: datetime) -> None:
        """Shred the template now. A visit during which metal moves is finished first, then it is done.

        A visit never heard of leaves nothing behind: the streams deliver in order, so nothing older can follow.
        """
        with self.db.transaction():
            visit = self.find(order.trial)
            if visit is None:
                return
            self._shred(order.trial)
            self.db.execute("UPDATE visit SET forgotten = ? WHERE trial = ?", order.reason, _key(order.trial))
            if visit.state in (VisitState.EXPECTED, VisitState.OUT):
                self.change(order.trial, visit.state, VisitState.DONE, why=order.reason, now=now)
        self.db.scrub()

    # --- state ---

    def change(self, trial: UUID, was: VisitState, to: VisitState, *, why: str, now: datetime) -> None:
        """Compare-and-set. Raises ``StateChanged``; a transition the table does not know is a bug (``ValueError``)."""
        if to not in TRANSITIONS[was]:
            raise ValueError(f"no way from {was} to {to}")
        with self.db.transaction():
            touched = self.db.execute(
                "UPDATE visit SET state = ? WHERE trial = ? AND state = ?", to.value, _key(trial), was.value
            ).rowcount
            if touched != 1:
                raise StateChanged(f"the visit is no longer {was}")
            if to is VisitState.EXPECTED:
                self.db.execute("UPDATE visit SET at_gate = NULL WHERE trial = ?", _key(trial))
                take_ordered(self.db, trial)
            if to is VisitState.DONE:
                self._shred(trial)
                self._forget_who(trial)
            self._history(trial, was, to, why, now)
            self._end_if_forgotten(trial, was, to, now)

    def begin(self, trial: UUID, *, method: Method, kiosk: str) -> None:
        """Note how the visitor was recognised and which kiosk shows the visit; clears earlier wrong codes."""
        self.db.execute(
            "UPDATE visit SET method = ?, kiosk = ?, wrong_codes = 0, locked_until = NULL WHERE trial = ?",
            method.value,
            kiosk,
            _key(trial),
        )

    def show_at(self, trial: UUID, kiosk: str | None) -> None:
        self.db.execute("UPDATE visit SET kiosk = ? WHERE trial = ?", kiosk, _key(trial))

    def note_at_gate(self, trial: UUID, station: str) -> bool:
        """True the first time, so that the fact is stated once."""
        sql = "UPDATE visit SET at_gate = ? WHERE trial = ? AND at_gate IS NULL"
        return self.db.execute(sql, station, _key(trial)).rowcount == 1

    def give(self, trial: UUID, car: CarAlike) -> None:
        """This visit gets ``car``, which is like its own; whoever expects that before it is back gets the own one."""
        with self.db.transaction():
            visit = self.find(trial)
            if visit is None or visit.vin == car.vin:
                return
            later = [one for one in self.expected_for(car.vin) if one.collect_from < visit.return_until]
            if later:
                self._is_for(later[0].trial, vin=visit.vin, plate=visit.plate)
            self._is_for(trial, vin=car.vin, plate=car.plate)

    def _is_for(self, trial: UUID, *, vin: str, plate: str) -> None:
        self.db.execute("UPDATE visit SET vin = ?, plate = ? WHERE trial = ?", vin, plate, _key(trial))

    # --- codes ---

    def count_code(self, trial: UUID, *, locked_until: datetime | None) -> int:
        """Count a code as wrong before it is checked, so that guesses in parallel count as well. Returns the count."""
        with self.db.transaction():
            self.db.execute(
                "UPDATE visit SET wrong_codes = wrong_codes + 1, locked_until = ? WHERE trial = ?",
                _stamp(locked_until) if locked_until else None,
                _key(trial),
            )
            row = self.db.row("SELECT wrong_codes FROM visit WHERE trial = ?", _key(trial))
        return int(row["wrong_codes"]) if row else 0

    def clear_codes(self, trial: UUID) -> None:
        self.db.execute("UPDATE visit SET wrong_codes = 0, locked_until = NULL WHERE trial = ?", _key(trial))

    # --- reads ---

    def find(self, trial: UUID) -> Visit | None:
        return _visit(self.db.row("SELECT * FROM visit WHERE trial = ?", _key(trial)))

    def by_pass(self, digest: str) -> Visit | None:
        """The visit with this pass that is not over; a fresh token has one visit only."""
        return _visit(self.db.row("SELECT * FROM visit WHERE pass_digest = ? AND state != 'done'", digest))

    def shown_at(self, kiosk: str) -> Visit | None:
        """The visit in progress that this kiosk was showing: after a reload or a restart it shows it again."""
        return _visit(
            self.db.row("SELECT * FROM visit WHERE kiosk = ? AND state IN ('collecting', 'returning')", kiosk)
        )

    def in_progress(self) -> list[Visit]:
        marks = ",".join("?" * len(IN_PROGRESS))
        rows = self.db.rows(f"SELECT * FROM visit WHERE state IN ({marks})", *(s.value for s in IN_PROGRESS))  # noqa: S608  marks only
        return [visit for row in rows if (visit := _visit(row))]

    def expected_for(self, vin: str) -> list[Visit]:
        """Visits whose collection of this car is still to come, the next one first."""
        rows = self.db.rows("SELECT * FROM visit WHERE vin = ? AND state = 'expected' ORDER BY collect_from", vin)
        return [visit for row in rows if (visit := _visit(row))]

    def due_by(self, now: datetime, *, ahead: timedelta) -> list[Visit]:
        """Visits whose car somebody may collect now, or within ``ahead``; whose time begins first comes first."""
        rows = self.db.rows(
            "SELECT * FROM visit WHERE state = 'expected' AND collect_from <= ? AND collect_until >= ?"
            " ORDER BY collect_from",
            _stamp(now + ahead),
            _stamp(now),
        )
        return [visit for row in rows if (visit := _visit(row))]

    def moves(self, vin: str) -> bool:
        """Does somebody collect this car, have it, or bring it back?"""
        sql = "SELECT 1 FROM visit WHERE vin = ? AND state IN ('collecting', 'out', 'returning')"
        return self.db.row(sql, vin) is not None

    def to_be_fetched(self, now: datetime, *, ahead: timedelta) -> list[tuple[UUID, str, bool]]:
        """(trial, VIN, does somebody wait for it already?) of cars that are being collected, or may be now or within
        ``ahead``; who waits comes first, then whose time begins first."""
        rows = self.db.rows(
            "SELECT trial, vin, state FROM visit WHERE state = 'collecting'"
            " OR (state = 'expected' AND collect_from <= ? AND collect_until >= ?)"
            " ORDER BY state = 'expected', collect_from",
            _stamp(now + ahead),
            _stamp(now),
        )
        return [(UUID(row["trial"]), row["vin"], row["state"] == "collecting") for row in rows]

    def departures(self, now: datetime) -> dict[str, datetime]:
        """VIN -> when the time of its next collection begins or began, of those that may still come."""
        rows = self.db.rows(
            "SELECT vin, min(collect_from) AS at FROM visit WHERE state = 'expected' AND collect_until >= ?"
            " GROUP BY vin",
            _stamp(now),
        )
        return {row["vin"]: _time(row["at"]) for row in rows}

    def templates(self, *, now: datetime) -> list[tuple[UUID, Sealed]]:
        """Sealed templates of those who may collect or bring back a car now, or whose time to collect is near.

        Only of those whom the face alone shall tell: a template that a pass opens is never among them. Tens
        at most. Who comes within a day before or after their time is told when it is rather than that nobody knows
        them; ``admission`` decides, so being recognised early or late opens nothing.
        """
        rows = self.db.rows(
            "SELECT trial, sealed FROM visit WHERE sealed IS NOT NULL AND mode = 'face_expected'"
            " AND (state IN ('collecting', 'out', 'returning')"
            " OR (state = 'expected' AND collect_from <= ? AND collect_until >= ?))",
            _stamp(now + COMES_EARLY),
            _stamp(now - TEMPLATE_GRACE),
        )
        return [(UUID(row["trial"]), Sealed.model_validate_json(row["sealed"])) for row in rows]

    def held_template(self, trial: UUID) -> Sealed | None:
        """The sealed template that only this visit's pass opens, while it is kept."""
        sql = (
            "SELECT sealed FROM visit WHERE trial = ? AND sealed IS NOT NULL AND mode = 'pass_face' AND state != 'done'"
        )
        row = self.db.row(sql, _key(trial))
        return None if row is None else Sealed.model_validate_json(row["sealed"])

    def has_template(self, trial: UUID) -> bool:
        """Is its face kept now? A consent can end while a session compares."""
        return self.db.row("SELECT 1 FROM visit WHERE trial = ? AND sealed IS NOT NULL", _key(trial)) is not None

    def history(self, trial: UUID) -> list[tuple[str | None, str, str]]:
        rows = self.db.rows("SELECT was, now, why FROM visit_history WHERE trial = ? ORDER BY rowid", _key(trial))
        return [(row["was"], row["now"], row["why"]) for row in rows]

    def counts(self) -> dict[str, int]:
        rows = self.db.rows("SELECT state, count(*) AS n FROM visit GROUP BY state")
        return {state.value: 0 for state in VisitState} | {row["state"]: row["n"] for row in rows}

    # --- templates ---

    def shred_stale(self, *, now: datetime) -> int:
        """Retention without the platform: shred templates whose purpose has lapsed. Returns how many."""
        rows = self.db.rows(
            "SELECT trial FROM visit WHERE sealed IS NOT NULL AND (state = 'done'"
            " OR (state = 'expected' AND collect_until < ?) OR (state = 'out' AND return_until < ?))",
            _stamp(now - TEMPLATE_GRACE),
            _stamp(now - RETURN_TEMPLATE_GRACE),
        )
        with self.db.transaction():
            for row in rows:
                self._shred(UUID(row["trial"]))
        if rows:
            self.db.scrub()
        return len(rows)

    def _note_received(self, order: ExpectVisitor) -> None:
        if order.face:
            self.accesses.note("template_received", trial=order.trial)

    def _shred(self, trial: UUID) -> None:
        """Overwrite in place, then let go; ``secure_delete`` zeroes the freed bytes, ``scrub`` the log."""
        touched = self.db.execute(
            "UPDATE visit SET sealed = zeroblob(length(sealed)) WHERE trial = ? AND sealed IS NOT NULL", _key(trial)
        )
        if touched.rowcount:
            self.accesses.note("template_destroyed", trial=trial)
        self.db.execute("UPDATE visit SET sealed = NULL WHERE trial = ?", _key(trial))

    def _forget_who(self, trial: UUID) -> None:
        """What stays of a visit that is over says which car went where and when, and nothing of a person."""
        self.db.execute(
            "UPDATE visit SET greeting = '', pass_digest = '', code_salt = '', code_digest = '' WHERE trial = ?",
            _key(trial),
        )

    def _insert(self, order: ExpectVisitor) -> None:
        columns = _columns(order) | car_of(order)
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        self.db.execute(
            f"INSERT INTO visit (trial, state, {names}) VALUES (?, 'expected', {marks})",  # noqa: S608  own names only
            _key(order.trial),
            *columns.values(),
        )

    def _renew(self, order: ExpectVisitor, state: VisitState) -> None:
        columns = _columns(order) | renewed(order, state)
        settings = ", ".join(f"{name} = ?" for name in columns)
        self.db.execute(f"UPDATE visit SET {settings} WHERE trial = ?", *columns.values(), _key(order.trial))  # noqa: S608  own names only

    def _end_if_forgotten(self, trial: UUID, was: VisitState, to: VisitState, now: datetime) -> None:
        """A visit called off while metal moved: over when the attempt failed. A car that went out stays expected."""
        fell_back = (was, to) in FALLBACKS
        row = self.db.row("SELECT forgotten FROM visit WHERE trial = ?", _key(trial)) if fell_back else None
        if row and row["forgotten"]:
            self.change(trial, to, VisitState.DONE, why=row["forgotten"], now=now)

    def _history(self, trial: UUID, was: VisitState | None, to: VisitState, why: str, now: datetime) -> None:
        self.db.execute(
            "INSERT INTO visit_history (trial, at, was, now, why) VALUES (?, ?, ?, ?, ?)",
            _key(trial),
            _stamp(now),
            was.value if was else None,
            to.value,
            why,
        )


def _columns(order: ExpectVisitor) -> dict[str, object]:
    return {
        "revision": order.revision,
        "greeting": order.greeting,
        "language": order.language,
        "collect_from": _stamp(order.collect_from),
        "collect_until": _stamp(order.collect_until),
        "return_until": _stamp(order.return_until),
        "pass_digest": order.pass_digest.lower(),
        "code_salt": order.code_salt,
        "code_digest": order.code_digest.lower(),
        "sealed": order.face.model_dump_json() if order.face else None,
        "mode": order.mode.value,
    }


def _visit(row: sqlite3.Row | None) -> Visit | None:
    if row is None:
        return None
    return Visit(
        trial=UUID(row["trial"]),
        revision=row["revision"],
        state=VisitState(row["state"]),
        vin=row["vin"],
        plate=row["plate"],
        model_name=row["model_name"],
        paint_hex=row["paint_hex"],
        greeting=row["greeting"],
        language=row["language"],
        collect_from=_time(row["collect_from"]),
        collect_until=_time(row["collect_until"]),
        return_until=_time(row["return_until"]),
        code_salt=row["code_salt"],
        code_digest=row["code_digest"],
        wrong_codes=row["wrong_codes"],
        locked_until=_time(row["locked_until"]) if row["locked_until"] else None,
        method=Method(row["method"]) if row["method"] else None,
        kiosk=row["kiosk"],
        at_gate=row["at_gate"],
    )


def _key(trial: UUID) -> str:
    return str(trial)


def _stamp(moment: datetime) -> str:
    """One width, UTC: text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
