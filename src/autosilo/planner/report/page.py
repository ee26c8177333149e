"""One self-contained HTML page: no script, no file beside it, light and dark as the reader's system is."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

from autosilo.planner.demand import Demand
from autosilo.planner.outcome import Outcome, advised
from autosilo.planner.report.plots import plots
from autosilo.planner.report.words import Words
from autosilo.tower.config import SiteConfig

STYLE = Path(__file__).with_name("report.css")
COLUMNS = (
    "lifts",
    "floors",
    "bays",
    "delivery_bays",
    "cars",
    "chargers",
    "wait_mean",
    "wait_p95",
    "walk_up_p95",
    "booked_p95",
    "refused_pickups",
    "refused_returns",
    "lift_use",
    "bays_most",
)


def page(
    site: SiteConfig, demand: Demand, outcomes: Sequence[Outcome], *, days: int, seed: int, language: str = "en"
) -> str:
    """The report on ``outcomes`` (at least one). Pictures show the advised design, else the one that refuses least."""
    words = Words(language)
    best = advised(outcomes)
    shown = best or min(outcomes, key=lambda one: (one.refused_pickups + one.refused_returns, one.wait_p95_s))
    pictures = plots(shown, outcomes, demand, words)
    title = words("title", site=site.name.get(language))
    body = [
        f"<h1>{escape(title)}</h1>",
        f"<p>{escape(_summary(demand, days, seed, words))}</p>",
        f'<p class="advice">{escape(advice(best, demand, words))}</p>',
        _section(words("designs"), "", _table(outcomes, shown, demand, words)),
        _section(words("service"), words("service_about"), pictures["service"]),
        _section(words("waits"), words("waits_about"), pictures["waits"]),
        _section(words("occupancy"), words("occupancy_about", bays=shown.bay_count), pictures["occupancy"]),
        _section(words("deliveries"), words("deliveries_about"), pictures["deliveries"]),
        *(
            _section(words("heat", lift=name.removeprefix("heat-")), _heat_about(shown, words), svg)
            for name, svg in pictures.items()
            if name.startswith("heat-")
        ),
        _section(words("how"), words("how_about"), ""),
    ]
    return (
        f'<!doctype html>\n<html lang="{"zh-Hans" if language == "zh-hans" else "en"}">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" '
        f'content="light dark"><title>{escape(title)}</title>\n<style>{STYLE.read_text(encoding="utf-8")}</style>'
        f"</head>\n<body><main>\n{chr(10).join(body)}\n</main></body>\n</html>\n"
    )


def advice(best: Outcome | None, demand: Demand, words: Words) -> str:
    """One sentence: which design, or that none will do."""
    promise = {"wait": f"{demand.service.p95_wait_s:g}", "refused": f"{demand.service.refused:.1%}"}
    if best is None:
        return words("none", **promise)
    return words("advised", design=described(best, words), **promise)


def described(one: Outcome, words: Words) -> str:
    """The design in words."""
    design = one.design
    return words(
        "design",
        lifts=design.lifts,
        floors=design.floors,
        delivery_bays=design.delivery_bays,
        cars=design.cars,
        chargers=design.chargers,
    )


def row(one: Outcome) -> dict[str, str]:
    """The cells of ``COLUMNS``, as text."""
    design = one.design
    return {
        "lifts": str(design.lifts),
        "floors": str(design.floors),
        "bays": str(one.bay_count),
        "delivery_bays": str(design.delivery_bays),
        "cars": str(design.cars),
        "chargers": str(design.chargers),
        "wait_mean": f"{one.wait_mean_s:.0f}",
        "wait_p95": f"{one.wait_p95_s:.0f}",
        "walk_up_p95": f"{one.walk_up_p95_s:.0f}",
        "booked_p95": f"{one.booked_p95_s:.0f}",
        "refused_pickups": f"{one.refused_pickups:.1%}",
        "refused_returns": f"{one.refused_returns:.1%}",
        "lift_use": f"{one.lift_use:.0%}",
        "bays_most": str(one.bays_most),
    }


def _summary(demand: Demand, days: int, seed: int, words: Words) -> str:
    booked = f"{demand.booking.share:.0%}"
    return words("summary", days=days, pickups=f"{demand.pickups.a_day:g}", booked=booked, seed=seed)


def _heat_about(shown: Outcome, words: Words) -> str:
    return words("heat_about", mean=f"{sum(shown.bays.values()) / len(shown.bays):.0%}")


def _table(outcomes: Sequence[Outcome], shown: Outcome, demand: Demand, words: Words) -> str:
    heads = [words(name) for name in COLUMNS] + [words("cost", currency=demand.costs.currency), words("promise")]
    lines = []
    for one in outcomes:
        cells = [*row(one).values(), f"{one.cost:,.0f}", words("yes" if one.good else "no")]
        mark = ' class="shown"' if one is shown else ""
        lines.append(f"<tr{mark}>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>")
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(words("designs"))}"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


def _section(head: str, about: str, content: str) -> str:
    text = f"<p>{escape(about)}</p>" if about else ""
    return f"<section><h2>{escape(head)}</h2>{text}{content}</section>"
