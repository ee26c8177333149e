"""``autosilo bench booking``: the last car for ten thousand shoppers, and what each booking costs."""

import sys
from collections.abc import Iterator, Sequence
from statistics import median

from autosilo.bench.booking import api, bare, crowd, shop, stock
from autosilo.bench.booking.stage import Stage, opened
from autosilo.bench.command import Conditions
from autosilo.bench.report import Figure
from autosilo.platform.journey.booking.availability_sql import SQL

SITES, QUICK_SITES = 10, 10
MANY_SITES, QUICK_MANY_SITES = 1000, 40
PAST, QUICK_PAST = 1_000_000, 20_000
PERSONS = 14_000
CROWD, QUICK_CROWD = 5000, 1000
BOOKINGS, QUICK_BOOKINGS = 1000, 400
READS, QUICK_READS = 2000, 1000
ROUNDS = 3
"""Each measurement with its baseline right before it, so often; the medians are told."""


def measure(conditions: Conditions) -> Sequence[Figure]:
    """The small shop first, then the same shop grown."""
    quick = conditions.quick
    with opened() as stage:
        _say("stock")
        stock.lay(stage, sites=SITES, persons=PERSONS, past=0)
        figures = [*_crowd(stage, QUICK_CROWD if quick else CROWD), *_shop(stage, quick=quick)]
        small = Rounds(stage, sites=SITES, quick=quick)
        figures += small.figures()
        _say("growth")
        many = QUICK_MANY_SITES if quick else MANY_SITES
        stock.lay(stage, sites=many, persons=PERSONS, past=QUICK_PAST if quick else PAST)
        grown = Rounds(stage, sites=many, quick=quick)
        return [*figures, *_growth(small, grown, many, QUICK_PAST if quick else PAST)]


def _crowd(stage: Stage, count: int) -> Iterator[Figure]:
    _say(f"{count} shoppers at once")
    stock.free_everything(stage)
    keys = crowd.sessions(stage, first=1, count=count)
    yield from crowd.figures(stage, crowd.rush(stage, keys))


def _shop(stage: Stage, *, quick: bool) -> Iterator[Figure]:
    _say("the shop's pages")
    stock.free_everything(stage)
    yield from shop.figures(stage, first=6001, count=10 if quick else 40, sites=SITES)


class Rounds:
    """The same measurements in a shop of some size, each in turn with its baseline."""

    def __init__(self, stage: Stage, *, sites: int, quick: bool) -> None:
        self.sites = sites
        count, reads = (QUICK_BOOKINGS, QUICK_READS) if quick else (BOOKINGS, READS)
        seconds = 2 if quick else 3
        self.bare, self.http, self.domain = [], [], []
        self.bare_read, self.look, self.cached, self.refused = [], [], [], []
        for number in range(1 if quick else ROUNDS):
            _say(f"{sites} sites, round {number + 1}")
            stock.free_everything(stage)
            self.bare.append(bare.booking(stage, seconds=seconds))
            self.http.append(api.bookings(stage, first=1, count=count, sites=sites))
            self.bare.append(bare.booking(stage, seconds=seconds))
            self.domain.append(api.domain(stage, first=5001, count=count, sites=sites))
            self.bare_read.append(_bare_read(stage, sites, seconds))
            self.look.append(api.availability(stage, count=reads, sites=sites, cached=False))
            self.cached.append(api.availability(stage, count=reads, sites=sites, cached=True))
            _sell_out(stage)
            self.refused.append(api.refusals(stage, first=10_000, count=count))

    def figures(self) -> Iterator[Figure]:
        rate, read = self.of("bare", "rate"), self.of("bare_read", "rate")
        yield _cost("(b) API: accepted bookings", self.of("http", "rate"), "1/s", ">= 500", bare=rate)
        yield Figure(
            name="(b) API: CPU of all processes for one",
            value=round(self.of("http", "cpu_ms"), 2),
            unit="ms",
            target="<= 4",
            baselines={"bare transaction": round(self.of("bare", "cpu_ms"), 2)},
            parts=self.parts("http"),
        )
        yield _share("(b) API: share of the bare transaction's rate", self.of("http", "rate") / rate, ">= 0.10")
        yield _cost("(b) domain action alone", self.of("domain", "rate"), "1/s", None, bare=rate)
        yield _share("(b) domain action: share of the bare rate", self.of("domain", "rate") / rate, ">= 0.35")
        yield Figure(
            name="(b) domain action: CPU of all processes",
            value=round(self.of("domain", "cpu_ms"), 2),
            unit="ms",
            parts=self.parts("domain"),
        )
        yield _cost("(d) availability, each looked up", self.of("look", "rate"), "1/s", None, bare=read)
        yield _share("(d) availability: share of the bare read's rate", self.of("look", "rate") / read, ">= 0.15")
        yield Figure(
            name="(d) availability, looked up: CPU",
            value=round(self.of("look", "cpu_ms"), 2),
            unit="ms",
            baselines={"bare read": round(self.of("bare_read", "cpu_ms"), 2)},
            parts=self.parts("look"),
        )
        yield _cost("(d) availability, cached", self.of("cached", "rate"), "1/s", None, bare=read)
        yield Figure(
            name="(d) availability, cached: CPU",
            value=round(self.of("cached", "cpu_ms"), 2),
            unit="ms",
            parts=self.parts("cached"),
        )
        yield Figure(
            name="(d) a refusal because it is sold out: CPU",
            value=round(self.of("refused", "cpu_ms"), 2),
            unit="ms",
            target="<= 1",
            parts=self.parts("refused"),
        )

    def of(self, name: str, what: str) -> float:
        """The median over the rounds."""
        return median(float(getattr(one, what)) for one in getattr(self, name))

    def parts(self, name: str) -> dict[str, float]:
        """Who spent the CPU, in the round whose CPU is the median's."""
        rounds: list[api.Load] = getattr(self, name)
        middle = min(rounds, key=lambda one: abs(one.cpu_ms - self.of(name, "cpu_ms")))
        return middle.spent.parts_ms(middle.count)


def _growth(small: Rounds, grown: Rounds, sites: int, past: int) -> Iterator[Figure]:
    """CPU, not rates: a neighbour's noise must not look like growth."""
    for name, what in (("bookings", "http"), ("availability", "look")):
        letter = "(b)" if what == "http" else "(d)"
        yield Figure(
            name=f"(e) {letter} {name}: CPU with {sites} sites and {past} past trials, against {small.sites} and none",
            value=round(grown.of(what, "cpu_ms") / small.of(what, "cpu_ms"), 2),
            unit="",
            target="<= 1.3",
            baselines={
                "small, ms": round(small.of(what, "cpu_ms"), 2),
                "grown, ms": round(grown.of(what, "cpu_ms"), 2),
            },
        )


def _bare_read(stage: Stage, sites: int, seconds: int) -> bare.Bare:
    paints = "ARRAY(SELECT id FROM catalogue_paint WHERE model_id = 'model-' || :m::text)"
    values = {
        "model": "('model-' || :m::text)",
        "site": "('site-' || :s::text)",
        "paints": paints,
        "from": "(now() - interval '1 hour')",
        "until": "(now() + interval '11 days')",
    }
    return bare.read(stage, SQL, values, sites=sites, models=stock.MODELS, seconds=seconds)


def _sell_out(stage: Stage) -> None:
    """Every car of one wish is out of service: the cheapest way to have none."""
    with stage.connect() as link:
        link.execute(
            "UPDATE fleet_car SET state = 'out_of_service' WHERE site_id = 'site-1' AND model_id = 'model-1'"
            " AND paint_id = (SELECT id FROM catalogue_paint WHERE model_id = 'model-1' AND code = 'paint-1')"
        )


def _cost(name: str, value: float, unit: str, target: str | None, *, bare: float) -> Figure:
    return Figure(name=name, value=round(value), unit=unit, target=target, baselines={"bare": round(bare)})


def _share(name: str, value: float, target: str) -> Figure:
    return Figure(name=name, value=round(value, 3), unit="", target=target, limit=1.0)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
