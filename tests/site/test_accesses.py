"""Every access to a face at a site stands in its log, and the log shows when it was changed."""

import json
import sqlite3
from uuid import UUID

import pytest

from autosilo.chain import Checked, Entry, check
from autosilo.site import accesses_command
from autosilo.site.accesses import AccessLog, AccessReports
from autosilo.site.db import _SCHEMA, SiteDb
from autosilo.wire.bus import ForgetVisitor


def actions(box) -> list[tuple[str, str]]:
    return [(row["action"], row["target"]) for row in box.db.rows("SELECT * FROM access ORDER BY number")]


def expect_with_face(box, eye) -> UUID:
    order = box.expect()
    again = order.model_copy(update={"face": eye.template(1, order.trial), "revision": 2})
    box.visits.expect(again, now=box.clock.now())
    return order.trial


@pytest.fixture
def trial(box, eye) -> UUID:
    return expect_with_face(box, eye)


@pytest.fixture
def eye(box):
    return box.make_eye()


async def test_a_template_from_its_arrival_to_its_end(box, trial) -> None:
    await box.gatekeeper.start()
    session = await box.gatekeeper.open(now=box.clock.now())
    for _ in range(10):
        await box.gatekeeper.look(session, b"face:2:look")  # nobody expected
    box.visits.forget(ForgetVisitor(trial=trial, reason="cancelled"), now=box.clock.now())
    whose = f"trial {trial}"
    assert actions(box) == [
        ("template_received", whose),
        ("templates_opened", ""),
        ("face_compared", ""),
        ("template_destroyed", whose),
    ]
    opened = json.loads(box.db.rows("SELECT detail FROM access WHERE number = 2")[0]["detail"])
    assert opened == {"count": 1, "trials": str(trial)}
    assert json.loads(box.db.rows("SELECT detail FROM access WHERE number = 3")[0]["detail"]) == {"outcome": "refused"}
    assert box.visits.accesses.verified().count == 4
    await box.gatekeeper.stop()


@pytest.mark.parametrize(("frames", "known"), [(1, 1), (0, 0)])
async def test_a_session_that_is_left_says_so_if_a_face_was_compared(box, trial, frames, known) -> None:
    await box.gatekeeper.start()
    session = await box.gatekeeper.open(now=box.clock.now())
    for _ in range(frames):
        await box.gatekeeper.look(session, b"face:2:look")
    for _ in range(2):
        box.gatekeeper.close(session)
    found = [json.loads(row["detail"]) for row in box.db.rows("SELECT * FROM access WHERE action = 'face_compared'")]
    assert found == [{"outcome": "left"}] * known
    await box.gatekeeper.stop()


def test_what_is_not_a_face_leaves_no_entry(box) -> None:
    order = box.expect()
    box.visits.forget(ForgetVisitor(trial=order.trial, reason="cancelled"), now=box.clock.now())
    assert actions(box) == []
    assert box.visits.accesses.verified() == Checked(count=0, head="0" * 64, last=0)


def test_an_entry_goes_with_what_it_tells_of(box, trial) -> None:
    def half_way() -> None:
        with box.db.transaction():
            box.visits.accesses.note("templates_opened", count=1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_way()
    assert len(actions(box)) == 1


@pytest.mark.parametrize("sql", ["UPDATE access SET target = ''", "DELETE FROM access"])
def test_the_store_refuses_to_change_it(box, trial, sql) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        box.db.execute(sql)


@pytest.mark.parametrize(
    ("sql", "problem"),
    [
        ("UPDATE access SET target = '' WHERE number = 1", "entry 1 does not follow"),
        ("DELETE FROM access WHERE number = 2", "entry 3 does not follow"),
        ("DELETE FROM access WHERE number = 3", "entry 3 is not the one that was noted"),
    ],
)
def test_who_has_the_file_is_found_out(box, trial, sql, problem, monkeypatch, capsys, tmp_path) -> None:
    for _ in range(2):
        box.visits.accesses.note("templates_opened", count=1)
    number, digest = box.visits.accesses.head()
    home = tmp_path / "home"
    (home / "sites" / "shanghai").mkdir(parents=True)
    box.db.execute(f"VACUUM INTO '{home}/sites/shanghai/site.db'")
    monkeypatch.setenv("AUTOSILO_HOME", str(home))
    arguments = ["shanghai", "--noted", f"{number}:{digest}"]
    assert accesses_command.main(arguments) == 0
    assert f"{number}:{digest}" in capsys.readouterr().out
    by_force = sqlite3.connect(home / "sites" / "shanghai" / "site.db")
    by_force.executescript(f"DROP TRIGGER access_stays; DROP TRIGGER access_is_kept; {sql};")
    by_force.close()
    assert accesses_command.main([*arguments, "--json"]) == 1
    said = capsys.readouterr()
    assert problem in said.err
    assert problem in json.loads(said.out)["problem"]


@pytest.mark.parametrize("arguments", [["nowhere"], ["shanghai", "--noted", "three"], ["shanghai"]])
def test_wrong_words_are_answered_clearly(arguments, monkeypatch, capsys, tmp_path) -> None:
    monkeypatch.setenv("AUTOSILO_HOME", str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        accesses_command.main(arguments)
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_a_site_of_before_gets_the_log_and_keeps_what_it_has(tmp_path) -> None:
    file = tmp_path / "site.db"
    before = sqlite3.connect(file)
    before.executescript(_SCHEMA)
    before.execute("INSERT INTO setting VALUES ('kept', 'yes')")
    before.commit()
    before.close()
    for _ in range(2):
        db = SiteDb(file)
        AccessLog(db).note("templates_opened", count=0)
        assert db.setting("kept") == "yes"
        db.close()
    assert AccessLog(SiteDb(file)).verified().count == 2


def reports_of(box) -> AccessReports:
    return AccessReports(site="shanghai", accesses=box.visits.accesses, clock=box.clock, outbox=box.outbox)


def told(box) -> list[tuple[int, list[int]]]:
    """The ends that were told, and which entries with each."""
    facts = [fact for fact in box.facts() if fact.kind == "accesses_logged"]
    return [(fact.number, [one.number for one in fact.entries]) for fact in facts]


def test_the_platform_hears_of_each_entry_once_also_after_a_restart(box, trial, monkeypatch) -> None:
    monkeypatch.setattr("autosilo.site.accesses.MOST_ENTRIES", 2)
    reports_of(box).look()
    assert told(box) == [(1, [])], "what was told before is not known"
    reports_of(box).look()
    for _ in range(3):
        box.visits.accesses.note("templates_opened", count=1)
    reports_of(box).look()
    reports_of(box).look()
    assert told(box) == [(1, []), (3, [2, 3]), (4, [4])]


def test_what_is_told_follows_from_what_was_told(box, trial) -> None:
    reports = reports_of(box)
    reports.look()
    box.visits.accesses.note("templates_opened", count=1)
    reports.look()
    before, after = (fact for fact in box.facts() if fact.kind == "accesses_logged")
    entries = [Entry(who="", **one.model_dump()) for one in after.entries]
    assert check(entries, after=Checked(count=0, head=before.digest, last=before.number)).broken is None


def test_a_site_without_an_entry_tells_all_of_them_later(box) -> None:
    reports = reports_of(box)
    reports.look()
    assert told(box) == []
    box.visits.accesses.note("templates_opened", count=0)
    reports.look()
    assert told(box) == [(1, [1])]
