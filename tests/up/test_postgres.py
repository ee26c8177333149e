"""The database server: made, started and found again, as root and as an ordinary user."""

import psycopg


def test_a_throwaway_server_speaks_utf8_and_utc(database_url: str) -> None:
    with psycopg.connect(database_url) as link:
        assert link.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        assert link.execute("SHOW timezone").fetchone() == ("UTC",)


def test_exclusion_constraints_over_text_and_time_are_available(database_url: str) -> None:
    with psycopg.connect(database_url) as link:
        link.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        link.execute("CREATE TEMP TABLE t (car text, at tstzrange, EXCLUDE USING gist (car WITH =, at WITH &&))")
