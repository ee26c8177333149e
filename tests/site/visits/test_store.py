from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from autosilo.site.visits.states import VisitState
from autosilo.site.visits.store import StateChanged
from autosilo.wire.bus import ForgetVisitor, ShiftClock
from autosilo.wire.sealed import Sealed

WRAPPED = "WRAPPED-KEY-TO-DESTROY-0123456789abcdef"
FACE = Sealed(ephemeral="ephemeral", wrapped_key=WRAPPED, content="content-of-a-face")


def bytes_on_disk(path: Path) -> bytes:
    return b"".join(one.read_bytes() for one in path.parent.glob(path.name + "*"))


async def test_the_highest_revision_wins(box, make_order) -> None:
    one = make_order(revision=2, greeting="Mei")
    assert box.visits.expect(one, now=box.clock.now())
    assert not box.visits.expect(one.model_copy(update={"revision": 1, "greeting": "Old"}), now=box.clock.now())
    assert box.visits.find(one.trial).greeting == "Mei"
    assert box.visits.expect(one.model_copy(update={"revision": 3, "greeting": "Lin"}), now=box.clock.now())
    assert box.visits.find(one.trial).greeting == "Lin"


async def test_a_state_is_changed_by_the_first_only(box) -> None:
    trial = box.expect().trial
    now = box.clock.now()
    box.visits.change(trial, VisitState.EXPECTED, VisitState.COLLECTING, why="a", now=now)
    with pytest.raises(StateChanged):
        box.visits.change(trial, VisitState.EXPECTED, VisitState.COLLECTING, why="b", now=now)
    assert box.visits.history(trial) == [
        (None, "expected", "expected by the platform"),
        ("expected", "collecting", "a"),
    ]


async def test_a_way_that_the_table_does_not_know_is_a_bug(box) -> None:
    trial = box.expect().trial
    with pytest.raises(ValueError, match="no way"):
        box.visits.change(trial, VisitState.EXPECTED, VisitState.OUT, why="a", now=box.clock.now())


async def test_a_forgotten_template_is_on_the_disk_no_more(box) -> None:
    trial = box.expect(face=FACE).trial
    assert WRAPPED.encode() in bytes_on_disk(box.path)
    box.visits.forget(ForgetVisitor(trial=trial, reason="cancelled"), now=box.clock.now())
    assert WRAPPED.encode() not in bytes_on_disk(box.path)
    assert box.visits.find(trial).state is VisitState.DONE


async def test_a_withdrawn_face_leaves_the_disk_with_the_next_revision(box, make_order) -> None:
    one = box.expect(face=FACE)
    box.visits.expect(one.model_copy(update={"revision": 2, "face": None}), now=box.clock.now())
    assert WRAPPED.encode() not in bytes_on_disk(box.path)
    assert box.visits.templates(now=box.clock.now()) == []
    assert box.visits.find(one.trial).state is VisitState.EXPECTED


async def test_a_farewell_is_final(box) -> None:
    one = box.expect()
    box.visits.forget(ForgetVisitor(trial=one.trial, reason="cancelled"), now=box.clock.now())
    assert not box.visits.expect(one.model_copy(update={"revision": 9}), now=box.clock.now())
    box.visits.forget(ForgetVisitor(trial=uuid4(), reason="cancelled"), now=box.clock.now())


async def test_only_templates_of_those_who_may_come_about_now_are_opened(box, make_order) -> None:
    now = box.clock.now()
    begun, day = now - timedelta(hours=60), timedelta(hours=24)
    spans = {
        "inside": (now, now + day),
        "early": (now + day - timedelta(minutes=1), now + 2 * day),
        "much too early": (now + day + timedelta(minutes=1), now + 2 * day),
        "late": (begun, now - day + timedelta(minutes=1)),
        "much too late": (begun, now - day - timedelta(minutes=1)),
    }
    trials = {
        what: box.expect(face=FACE, vin=f"LSVAA4187E200000{n}", collect_from=opens, collect_until=shuts).trial
        for n, (what, (opens, shuts)) in enumerate(spans.items())
    }
    opened = {trial for trial, _ in box.visits.templates(now=now)}
    assert {what for what, trial in trials.items() if trial in opened} == {"inside", "early", "late"}


async def test_a_site_cut_off_shreds_by_itself(box) -> None:
    box.expect(face=FACE)
    now = box.clock.now()
    assert box.visits.shred_stale(now=now + timedelta(hours=24)) == 0
    assert box.visits.shred_stale(now=now + timedelta(hours=26)) == 1
    assert WRAPPED.encode() not in bytes_on_disk(box.path)


async def test_the_demo_clock_survives_a_restart_and_never_goes_back(box, make_box: Callable, tmp_path: Path) -> None:
    first = ShiftClock(offset_s=3600)
    second = ShiftClock(offset_s=7200)
    real = box.clock.now()
    assert box.clock.shift(second)
    assert not box.clock.shift(first)
    again = make_box(box.path, box.tower)
    assert timedelta(seconds=7190) < again.clock.now() - real < timedelta(seconds=7210)
    again.db.close()


async def test_a_visit_that_is_over_names_nobody(box) -> None:
    kept = ("greeting", "pass_digest", "code_salt", "code_digest")
    trial = box.expect(face=FACE).trial
    box.visits.forget(ForgetVisitor(trial=trial, reason="cancelled"), now=box.clock.now())
    row = box.visits.db.row("SELECT * FROM visit WHERE trial = ?", str(trial))
    assert [row[name] for name in kept] == ["", "", "", ""]
    assert box.visits.by_pass("") is None
