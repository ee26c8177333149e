"""The bench of a whole visit: what it reads, what it subtracts, how it adds up."""

import asyncio
from itertools import pairwise

import pytest

from autosilo.bench.visit import figures, motion, story
from autosilo.bench.visit.bare import Bare
from autosilo.bench.visit.page import Unexpected, read
from autosilo.bench.visit.people import one_time_code
from autosilo.bench.visit.spending import Meters, Step, Stopwatch, parse
from autosilo.meter import Part
from autosilo.tower.geometry import all_places
from autosilo.tower.site_file import load_site
from autosilo.wire.live import LiveLift, LiveStation, TowerLive

PAGE = """
<form method="get" action="/search"><input name="q" value=""></form>
<form id="picker" method="post" data-testid="picker"><input type="hidden" name="csrf" value="abc">
  <input type="radio" name="paint" value="red"><input type="radio" name="paint" value="blue" checked>
  <input type="radio" name="slot" value="9" disabled><input type="radio" name="slot" value="10">
  <input type="checkbox" name="agree" value="yes"><input type="file" name="photo">
  <button data-testid="go" disabled>Go</button></form>
<p data-testid="code" data-code="123">123 <b>456</b></p><script src="http://bank/js"></script>
"""
BARE = Bare(scan_s=0.1, frame_s=0.04, password_s=0.2, code_s=0.03, page_s=0.004, query_s=0.0001)


def test_a_form_is_read_as_a_browser_would_send_it() -> None:
    page = read("http://shop/book", PAGE)
    form = page.form("go")
    assert form is page.form("picker")
    assert form.action == "http://shop/book"
    assert form.fields == {"csrf": "abc", "paint": "blue"}
    assert form.choices == [("paint", "red"), ("paint", "blue"), ("slot", "10")]
    assert form.disabled == {"go"}
    assert page.element("code")["data-code"] == "123"
    assert page.texts["code"].strip() == "123"
    assert page.scripts == ["http://bank/js"]


def test_what_is_missing_on_a_page_is_named() -> None:
    with pytest.raises(Unexpected, match="no form with elsewhere"):
        read("http://shop/", PAGE).form("elsewhere")
    with pytest.raises(Unexpected, match="no receipt"):
        read("http://shop/", PAGE).element("receipt")


def test_a_one_time_code_is_that_of_the_standard() -> None:
    """RFC 6238, appendix B: the last six of its eight digits."""
    assert one_time_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 59) == "287082"
    assert one_time_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 1111111109) == "081804"


def test_counters_are_read_from_the_text_form() -> None:
    text = """# TYPE autosilo_spent_seconds_total counter
autosilo_spent_seconds_total{part="database"} 1.5
autosilo_spent_seconds_total{part="vision"} 2.5e-05
autosilo_spent_seconds_created{part="database"} 1.7e+09
other_total{part="database"} 7.0
"""
    assert parse(text) == {Part.DATABASE: 1.5, Part.VISION: 2.5e-05}


class _Meters(Meters):
    """Ten seconds of database and of polling pass between two looks."""

    def __init__(self) -> None:
        self.looks = 0

    async def read(self, processes: object) -> dict[Part, float]:
        self.looks += 1
        return dict.fromkeys(Part, 0.0) | {Part.DATABASE: 10.0 * self.looks, Part.POLLING: 10.0 * self.looks}


def test_a_step_is_charged_what_was_counted_within_it() -> None:
    watch = Stopwatch(_Meters())

    async def one() -> None:
        async with watch.step("a", "web") as step:
            step.motion_s = 0.25
            step.wall_s = 1.0

    asyncio.run(one())
    (step,) = watch.steps
    assert step.overhead_s == 0.75
    assert step.parts[Part.DATABASE] == 10.0
    assert Part.POLLING not in step.parts  # goes on whatever happens


def test_a_step_that_failed_is_not_counted() -> None:
    watch = Stopwatch(_Meters())

    async def one() -> None:
        async with watch.step("a", "web"):
            raise Unexpected("no")

    with pytest.raises(Unexpected):
        asyncio.run(one())
    assert watch.steps == []


def tower() -> TowerLive:
    """L1 stands at its first delivery station; one car is in a bay, one in the intake."""
    return TowerLive(
        site="shanghai",
        at=0,
        lifts=(LiveLift(lift="L1", floor=0, column=1, car=None, state="idle"),),
        stations=(LiveStation(station="L1.I1", role="intake", gate="shut", car="B", zone_clear=True),),
        bays={"L1.B0102": None, "L1.B0304": "A"},
        connected=True,
    )


SHUTTER_TWICE_S = 2 * 4.0


def test_pure_motion_is_that_of_the_machine() -> None:
    """Ramps worked out by hand from the site file (d/v + v/a); two transfers of 12 s; shutter and gate."""
    site = load_site("shanghai", pace=1.0)
    seen = tower()
    assert motion.place_of(seen, "A") == "L1.B0304"
    assert motion.place_of(seen, "B") == "L1.I1"
    with pytest.raises(LookupError):
        motion.place_of(seen, "C")
    # there: 3 columns of 2.6 m at 0.8 m/s and 0.4 m/s2, 7.8/0.8 + 2 s; 3 floors take less; back the same way
    fetch = 2 * 11.75 + 24 + SHUTTER_TWICE_S + 5
    assert motion.fetch_s(site, seen, source="L1.B0304", station="L1.D1") == pytest.approx(fetch)
    assert motion.shut_s(site) == 7.0
    # to the intake 1.5 columns, 3.9/0.8 + 2 s; on to the bay as far, but 3 floors take longer, 6.9/1.5 + 3 s
    store = 7 + 6.875 + 7.6 + 24 + SHUTTER_TWICE_S
    assert motion.store_s(site, seen, station="L1.I1", bay="L1.B0304") == pytest.approx(store)


def test_a_higher_pace_divides_the_motion() -> None:
    slow, fast = (load_site("shanghai", pace=pace) for pace in (1.0, 100.0))
    places = set(all_places(slow))
    assert {"L1.B0304", "L1.D1"} <= places
    at_pace = [motion.fetch_s(site, tower(), source="L1.B0304", station="L1.D1") for site in (slow, fast)]
    assert at_pace[0] == pytest.approx(100 * at_pace[1])


def test_figures_of_a_visit_add_up() -> None:
    names = dict.fromkeys((*story.BUYER, *story.RETURNER))
    steps = [Step(name, wall_s=0.1 + 0.1 * turn, parts={Part.DATABASE: 0.03}) for name in names for turn in (0, 1, 2)]
    found = {figure.name: figure for figure in figures.figures(steps, BARE)}
    pay = found[story.PAY]
    assert (pay.value, pay.met) == (200.0, True)
    assert pay.parts == {"database": 30.0, "rest": 170.0}
    assert found[f"{story.PAY}, p95 of 3"].value == 290.0
    whole = found["whole visit by face, bought"]
    assert whole.value == pytest.approx(200.0 * len(story.BUYER))
    assert sum(whole.parts.values()) == pytest.approx(whole.value)
    assert found[story.FACE].limit == pytest.approx(40)


def test_a_percentile_lies_between_its_neighbours() -> None:
    values = [5.0, 1.0, 4.0, 2.0, 3.0]
    assert figures.percentile(values, 0.5) == 3.0
    assert figures.percentile(values, 0.95) == pytest.approx(4.8)
    assert figures.percentile(values, 1.0) == 5.0
    assert figures.percentile([7.0], 0.95) == 7.0
    assert all(low <= high for low, high in pairwise(figures.percentile(values, share / 10) for share in range(11)))
