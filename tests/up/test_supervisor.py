"""The supervisor with stand-in children: order, crashes, what is left behind."""

import asyncio
import io
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from autosilo.up import nursery, status
from autosilo.up.console import Console
from autosilo.up.home import Home
from autosilo.up.spec import Child, Node, Step, Tcp, check, without
from autosilo.up.status import StatusFile
from autosilo.up.supervisor import StartFailed, Supervisor
from autosilo.up.throwaway import free_port

STANDIN = Path(__file__).with_name("standin.py")
SOON_S = 15.0


def standin(name: str, *flags: str, needs: tuple[str, ...] = (), stop_within_s: float = 5.0) -> Child:
    port = free_port()
    argv = (sys.executable, "-I", "-S", str(STANDIN), str(port), "--name", name, *flags)
    return Child(name=name, argv=argv, needs=needs, probe=Tcp(port), stop_within_s=stop_within_s)


class Stage:
    """A supervisor and what it says."""

    def __init__(self, folder: Path, nodes: list[Node]) -> None:
        self.home = Home(folder)
        self.home.make()
        self.out = io.StringIO()
        self.up = Supervisor(
            nodes,
            home=self.home,
            env={"PATH": os.environ["PATH"]},
            console=Console(self.out),
            status=StatusFile([self.home.status]),
        )

    def child(self, name: str) -> dict[str, object]:
        content = status.read(self.home.status)
        return content["children"][name] if content else {}

    def pid(self, name: str) -> int:
        number = self.child(name)["pid"]
        assert isinstance(number, int)
        return number

    @property
    def state(self) -> str:
        return str((status.read(self.home.status) or {}).get("state"))

    @asynccontextmanager
    async def playing(self) -> AsyncIterator[None]:
        """From ready to stopped."""
        ready = asyncio.Event()
        run = asyncio.create_task(self.up.run(on_ready=lambda _: ready.set()))
        try:
            waiting = asyncio.create_task(ready.wait())
            await asyncio.wait({run, waiting}, timeout=SOON_S, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            if run.done():
                run.result()
            assert ready.is_set()
            yield
        finally:
            self.up.request_stop()
            await asyncio.gather(run, return_exceptions=True)


async def eventually(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON_S):
        while not is_so():
            await asyncio.sleep(0.02)


def lives(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False


@pytest.fixture
def stage(tmp_path: Path) -> Callable[..., Stage]:
    return lambda *nodes: Stage(tmp_path / "home", list(nodes))


MakeStage = Callable[..., Stage]


async def test_children_come_up_in_the_order_of_their_needs(stage: MakeStage) -> None:
    play = stage(standin("database"), Step(name="migrate", call=lambda: "two tables", needs=("database",)))
    async with play.playing():
        said = play.out.getvalue()
    assert said.index("database") < said.index("migrate")
    assert "two tables" in said


async def test_children_go_down_in_reverse_order_also_through_a_step(stage: MakeStage, tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    note = ("--diary", str(diary))
    play = stage(
        standin("database", *note),
        Step(name="migrate", call=lambda: None, needs=("database",)),
        standin("web", *note, needs=("migrate",)),
    )
    async with play.playing():
        pass
    assert diary.read_text().split() == ["web", "database"]
    assert play.state == "stopped"


async def test_a_killed_child_is_started_again_and_said_so(stage: MakeStage) -> None:
    play = stage(standin("web"))
    async with play.playing():
        first = play.pid("web")
        os.kill(first, signal.SIGKILL)
        await eventually(lambda: play.child("web") | {"state": "ready", "restarts": 1} == play.child("web"))
        assert play.pid("web") != first
        assert play.state == "ready"
    assert "killed by SIGKILL" in play.out.getvalue()
    assert "ready again" in play.out.getvalue()


async def test_what_a_killed_child_had_started_is_killed_too(stage: MakeStage, tmp_path: Path) -> None:
    family = tmp_path / "family"
    play = stage(standin("web", "--family", str(family)))
    async with play.playing():
        grandchild = int(family.read_text())
        os.kill(play.pid("web"), signal.SIGKILL)
        await eventually(lambda: not lives(grandchild))
        await eventually(lambda: play.child("web")["state"] == "ready")
        second = int(family.read_text())
        assert lives(second)
    await eventually(lambda: not lives(second))  # the signal has been sent; the kernel takes its moment


async def test_a_stubborn_child_is_killed_in_the_end(stage: MakeStage) -> None:
    play = stage(standin("web", "--stubborn", stop_within_s=0.3))
    async with play.playing():
        pid = play.pid("web")
    assert not lives(pid)
    assert "was killed" in play.out.getvalue()


async def test_a_failing_step_stops_the_start_and_shows_its_last_words(stage: MakeStage) -> None:
    argv = (sys.executable, "-I", "-S", str(STANDIN), "1", "--die")
    play = stage(standin("database"), Step(name="migrate", argv=argv, needs=("database",)))
    with pytest.raises(StartFailed, match="no bread in the house"):
        await asyncio.wait_for(play.up.run(), SOON_S)
    assert play.state == "failed"
    assert play.child("database")["pid"] is None


async def test_a_child_that_never_starts_ends_the_start_up(stage: MakeStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nursery, "FIRST_PAUSE_S", 0.01)
    play = stage(standin("other"), standin("web", "--die"))
    with pytest.raises(StartFailed, match=r"(?s)web does not start: exit code 1.*no bread"):
        await asyncio.wait_for(play.up.run(), SOON_S)
    assert play.child("web")["restarts"] == nursery.GIVE_UP_AFTER - 1


async def test_a_stop_during_the_start_leaves_nothing(stage: MakeStage) -> None:
    play = stage(standin("database"), Child(name="web", argv=("/bin/sleep", "600"), probe=Tcp(free_port())))
    run = asyncio.create_task(play.up.run())
    await eventually(lambda: play.child("database").get("state") == "ready" and bool(play.child("web")["pid"]))
    pids = [play.pid("database"), play.pid("web")]
    play.up.request_stop()
    await asyncio.wait_for(run, SOON_S)
    assert not any(lives(pid) for pid in pids)
    assert play.state == "stopped"


async def test_an_error_in_a_log_is_shown_with_the_name_of_the_log(stage: MakeStage) -> None:
    play = stage(standin("kitchen"))
    async with play.playing():
        await eventually(lambda: "the kettle is cold" in play.out.getvalue())
    assert "kitchen.log" in play.out.getvalue()


async def test_the_status_says_degraded_while_a_child_is_away(stage: MakeStage) -> None:
    play = stage(standin("web"))
    seen: list[str] = []

    async def watch() -> None:
        while True:
            seen.append(play.state)
            await asyncio.sleep(0.005)

    async with play.playing():
        watching = asyncio.create_task(watch())
        os.kill(play.pid("web"), signal.SIGKILL)
        await eventually(lambda: play.child("web")["restarts"] == 1 and play.state == "ready")
        watching.cancel()
    assert "degraded" in seen


@pytest.mark.parametrize(("crashes", "pause_s"), [(1, 0.2), (2, 0.4), (3, 0.8), (6, 6.4), (7, 10.0), (50, 10.0)])
def test_the_pause_before_a_restart_doubles_up_to_ten_seconds(crashes: int, pause_s: float) -> None:
    assert nursery.pause_after(crashes) == pytest.approx(pause_s)


def test_a_plan_with_a_need_below_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="web"):
        check([standin("web", needs=("database",)), standin("database")])


def test_a_node_left_out_is_not_waited_for() -> None:
    plan: list[Node] = [standin("database"), standin("web", needs=("database",))]
    assert [(node.name, node.needs) for node in without(plan, {"database"})] == [("web", ())]


def test_leaving_out_what_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="bakery"):
        without([standin("web")], {"bakery"})


async def test_the_same_error_again_and_again_is_shown_once(stage: MakeStage) -> None:
    play = stage(standin("kitchen"))
    async with play.playing():
        log = play.home.logs / "kitchen.log"
        with log.open("a") as out:
            out.write('{"level": "error", "event": "no milk"}\n' * 50 + '{"level": "info", "event": "fine"}\nplain\n')
        await eventually(lambda: "no milk" in play.out.getvalue())
    assert play.out.getvalue().count("no milk") == 1
    assert "fine" not in play.out.getvalue()
