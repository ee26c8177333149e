"""The same PostgreSQL without the application: pgbench with the least that a booking and a look can be."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from autosilo.bench.booking.spending import Spent, spending
from autosilo.bench.booking.stage import PASSWORD, Stage
from autosilo.up import postgres

CLIENTS, THREADS = 8, 1
_TABLES = """
DROP TABLE IF EXISTS bare_reservation, bare_history, bare_job;
DROP SEQUENCE IF EXISTS bare_number;
CREATE SEQUENCE bare_number CACHE 50;
CREATE TABLE bare_reservation (id bigserial PRIMARY KEY, car varchar(17) NOT NULL, period tstzrange NOT NULL,
    EXCLUDE USING gist (car WITH =, period WITH &&));
CREATE TABLE bare_history (id bigserial PRIMARY KEY, subject bigint NOT NULL, at timestamptz NOT NULL);
CREATE TABLE bare_job (id bigserial PRIMARY KEY, args jsonb NOT NULL, at timestamptz NOT NULL);
"""
_BOOK = """
WITH n AS (SELECT nextval('bare_number') AS n), r AS (
    INSERT INTO bare_reservation (car, period) SELECT 'V' || (n % 3000),
        tstzrange(now() + (n / 3000) * interval '76 hours', now() + ((n / 3000) + 1) * interval '76 hours') FROM n
    RETURNING id
), h AS (INSERT INTO bare_history (subject, at) SELECT id, now() FROM r)
INSERT INTO bare_job (args, at) SELECT jsonb_build_object('trial', id), now() FROM r;
"""


@dataclass(frozen=True)
class Bare:
    """``rate``: transactions a second; ``cpu_ms``: of PostgreSQL and pgbench for each."""

    rate: float
    cpu_ms: float


def booking(stage: Stage, *, seconds: int) -> Bare:
    """The minimal transaction: exclusion-constraint insert, history, job, in one statement that is prepared."""
    with stage.connect() as link:
        link.execute(_TABLES)
    return _run(stage, [_BOOK], seconds=seconds)


def read(stage: Stage, sql: str, values: Mapping[str, str], *, sites: int, models: int, seconds: int) -> Bare:
    """The application's own read of availability, with a site and a model drawn for each."""
    with_values = sql
    for name, value in values.items():
        with_values = with_values.replace(f"%({name})s", value)
    script = f"\\set s random(1, {sites})\n\\set m random(1, {models})\n{with_values};\n"
    return _run(stage, [script], seconds=seconds)


def _run(stage: Stage, scripts: Sequence[str], *, seconds: int) -> Bare:
    file = stage.home / "bare.sql"
    file.write_text("\n".join(" ".join(one.split("\n")) if not one.startswith("\\") else one for one in scripts))
    with spending(postgres=stage.server.pid) as spent:
        done = subprocess.run(  # noqa: S603  the wheel's own binary
            [
                str(postgres.binaries() / "pgbench"),
                "-n",
                "-M",
                "prepared",
                *("-c", str(CLIENTS), "-j", str(THREADS), "-T", str(seconds)),
                *("-h", "127.0.0.1", "-p", str(stage.database_port), "-U", postgres.SUPERUSER),
                *("-f", str(file), postgres.DATABASE),
            ],
            env={"PGPASSWORD": PASSWORD, "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(done.stderr[:800])
    return _told(done.stdout, spent)


def _told(text: str, spent: Spent) -> Bare:
    count = re.search(r"transactions actually processed: (\d+)", text)
    rate = re.search(r"tps = ([0-9.]+)", text)
    if count is None or rate is None:
        raise RuntimeError(text[:800])
    return Bare(rate=float(rate[1]), cpu_ms=spent.ms_each(int(count[1])))
