"""The report as one self-contained HTML page, fit for printing and for signing."""

from html import escape
from itertools import groupby

from autosilo.site.conformance.report import Outcome, Report, Result

_STYLE = """
body{font:15px/1.45 system-ui,sans-serif;color:#1b1f24;margin:2rem auto;max-width:60rem;padding:0 1rem}
h1{font-size:1.5rem;margin:0}
h2{font-size:1.05rem;margin:1.6rem 0 .4rem;text-transform:capitalize}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:1rem 0}
dt{color:#57606a}
dd{margin:0;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;table-layout:fixed}
td,th{padding:.35rem .6rem;border-bottom:1px solid #d0d7de;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th:first-child{width:4.5rem}
td:first-child{font-weight:600}
small{color:#57606a;display:block}
.PASS td:first-child{color:#116329}
.FAIL td:first-child{color:#a40e26}
.SKIP td:first-child{color:#57606a}
.FAIL{background:#fff1f1}
.verdict{font-size:1.1rem;font-weight:600;margin:.4rem 0}
.sign{margin-top:3rem;display:flex;gap:3rem}
.sign p{flex:1;border-top:1px solid #57606a;padding-top:.3rem;color:#57606a}
@media print{body{margin:0;max-width:none;font-size:11px}tr{break-inside:avoid}h2{break-after:avoid}}
"""


def page(report: Report) -> str:
    """The whole document."""
    counts = report.counts
    verdict = (
        "The PLC keeps the contract, as far as it was checked"
        if report.passed
        else "The PLC does not keep the contract"
    )
    facts = {
        "Site": report.site,
        "Endpoint": report.endpoint,
        "Server": report.software,
        "PLC certificate": f"SHA-256 {report.certificate}",
        "Begun": f"{report.began:%Y-%m-%d %H:%M:%S} UTC, {report.seconds:.0f} s",
        "Level": report.level.lower().replace("_", " "),
        "Checks": f"{counts['PASS']} passed, {counts['FAIL']} failed, {counts['SKIP']} skipped",
        **({"Left behind": report.left} if report.left else {}),
    }
    head = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts.items())
    topics = "".join(
        _topic(name, list(some)) for name, some in groupby(report.results, lambda one: one.id.partition(".")[0])
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Conformance of {escape(report.site)}</title><style>{_STYLE}</style></head><body>"
        f'<h1>Conformance of a PLC to the mailbox protocol</h1><p class="verdict">{verdict}.</p><dl>{head}</dl>{topics}'
        '<div class="sign"><p>Checked by, date</p><p>For the maker of the PLC, date</p></div></body></html>\n'
    )


def _topic(name: str, results: list[Result]) -> str:
    rows = "".join(map(_row, results))
    head = "<thead><tr><th>Result</th><th>Check</th><th>Seen</th></tr></thead>"
    return f"<h2>{escape(name)}</h2><table>{head}<tbody>{rows}</tbody></table>"


def _row(one: Result) -> str:
    words = {Outcome.PASSED: "pass", Outcome.FAILED: "FAIL", Outcome.SKIPPED: "skipped"}[one.outcome]
    return (
        f'<tr class="{one.outcome.value}"><td>{words}</td><td>{escape(one.id)}<small>{escape(one.says)} '
        f"({escape(one.section)})</small></td><td>{escape(one.seen)}</td></tr>"
    )
