"""Sites, cars, shoppers and a past, written straight into the tables: a million rows in a minute."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg

from autosilo.bench.booking.stage import Stage

MODELS, PAINTS = 5, 2
PROGRAM, SECRET = "bench", "bench-secret"  # a program of this run
CARS_PER_WISH = 30
"""Of one model and paint at one site: a tower of 300 cars with five models in two paints."""
PAST_DAYS = 400
TRIAL_KEPT_H = 76
"""Hours that a car is kept for one trial, with turn-round; past trials of one car follow each other so."""


@dataclass(frozen=True)
class Stock:
    """What there is. Persons are numbered from ``first_person``; ``subject`` of person N is ``sN``."""

    sites: int
    cars: int
    persons: int
    past: int


_REFERENCE = """
INSERT INTO catalogue_carmodel (slug, make, name, year, body, seats, range_km, range_cycle, battery_kwh, dc_kw,
    length_mm, width_mm, height_mm, mass_kg, price_minor, currency, price_is_demo, source, on_sale)
SELECT 'model-' || m, 'Bench', 'Model ' || m, 2025, 'saloon', 5, 570, 'WLTP', 82.5, 150, 4800, 1875, 1460, 2055,
    20880000, 'CNY', true, 'made up', true FROM generate_series(1, {models}) m;
INSERT INTO catalogue_paint (model_id, code, name_en, name_zh, hex, family)
SELECT 'model-' || m, 'paint-' || p, 'Paint', '漆', '#f2f4f3', 'white'
FROM generate_series(1, {models}) m, generate_series(1, {paints}) p;
"""
_SITES = """
INSERT INTO sites_site (slug, name_en, name_zh, address_en, address_zh, latitude, longitude, time_zone, market,
    opening, geometry, kiosk_url, open_for_booking, inventory, free_bays, held_reason)
SELECT 'site-' || s, 'Site ' || s, '站', '', '', 31, 121, 'Asia/Shanghai', 'cn',
    (SELECT jsonb_object_agg(d, '["00:00", "23:59"]'::jsonb)
     FROM unnest(ARRAY['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']) d),
    '{{}}', '', true, '{{}}', 0, '' FROM generate_series({first}, {last}) s;
"""
_CARS = """
INSERT INTO fleet_car (vin, plate, model_id, paint_id, site_id, state, odometer_km, charge)
SELECT 'V' || lpad(row_number() OVER () + {base} || '', 16, '0'), 'P' || row_number() OVER () + {base}, p.model_id,
    p.id, 'site-' || s, 'in_service', 100, 0.9
FROM generate_series({first}, {last}) s, catalogue_paint p, generate_series(1, {each}) c;
"""
_PERSONS = """
INSERT INTO people_person (password, is_superuser, is_staff, is_active, date_joined, first_name, last_name, email,
    phone, birth_date, language)
SELECT '', false, false, true, now(), 'Lin', 'Chen', 'p' || n || '@example.org', '+8613800000000', '1990-05-17', 'en'
FROM generate_series({first}, {last}) n;
INSERT INTO people_drivinglicence (person_id, number, expires_on, stated_at)
SELECT id, 'L' || id, '2099-01-01', now() - interval '1 day' FROM people_person WHERE id > {known};
INSERT INTO licences_licenceproof (licence_id, way, categories, expires_on, at)
SELECT id, 'demo', '["B"]', expires_on, now() FROM people_drivinglicence WHERE person_id > {known};
INSERT INTO people_membership (person_id, tier, since, source)
SELECT id, 'premium', now(), 'bench' FROM people_person WHERE id > {known};
INSERT INTO eligibility_creditcheck (person_id, consent_text, threshold, meets, asked_at, valid_until)
SELECT id, 'bench', 700, true, now(), now() + interval '300 days' FROM people_person WHERE id > {known};
INSERT INTO programs_link (program_id, person_id, subject, made_at)
SELECT '{program}', id, 's' || id, now() FROM people_person WHERE id > {known};
"""
_PAST = """
CREATE TEMP TABLE past ON COMMIT DROP AS
SELECT gen_random_uuid() AS id, {first_person} + (n % {persons}) AS person, c.model_id, c.paint_id, c.vin, c.site_id,
    now() - interval '10 days' - ((n / {cars}) * {kept_h} || ' hours')::interval AS start
FROM generate_series(0, {count} - 1) n
JOIN (SELECT *, row_number() OVER (ORDER BY vin) - 1 AS k FROM fleet_car) c ON c.k = n % {cars};
INSERT INTO trial_trial (id, person_id, car_model_id, paint_id, car_id, site_id, state, policy, slot_start, slot_end,
    collect_from, collect_until, handed_over_at, due_at, ended_at, created_at, site_revision, channel)
SELECT id, person, model_id, paint_id, vin, site_id, 'cancelled', 'cn 2026-01', start, start + interval '30 minutes',
    start, start + interval '90 minutes', NULL, NULL, start + interval '70 hours', start - interval '2 days', 3, ''
FROM past;
INSERT INTO booking_reservation (trial_id, car_id, period, active)
SELECT id, vin, tstzrange(start, start + interval '75 hours'), true FROM past;
"""


def lay(stage: Stage, *, sites: int, persons: int, past: int) -> Stock:
    """Bring the shop to so many sites, shoppers and past trials; what is there already stays."""
    with stage.connect() as link:
        link.execute("SET session_replication_role = replica")  # our own rows need no check of their references
        _program(link)
        known_sites = _count(link, "sites_site WHERE slug LIKE 'site-%'")
        if not _count(link, "catalogue_carmodel WHERE slug LIKE 'model-%'"):
            link.execute(_REFERENCE.format(models=MODELS, paints=PAINTS))
        if sites > known_sites:
            span = {"first": known_sites + 1, "last": sites}
            link.execute(_SITES.format(**span))
            link.execute(_CARS.format(**span, base=_count(link, "fleet_car"), each=CARS_PER_WISH))
        known, highest = _count(link, "people_person"), _one(link, "SELECT coalesce(max(id), 0) FROM people_person")
        if persons > known:
            link.execute(_PERSONS.format(first=known + 1, last=persons, known=highest, program=PROGRAM))
        _past(link, past)
        link.execute("VACUUM ANALYZE")
        return Stock(sites=sites, cars=_count(link, "fleet_car"), persons=persons, past=past)


def _past(link: "psycopg.Connection[tuple[object, ...]]", past: int) -> None:
    """Past trials belong to shoppers who take no further part: a thousand times more than anybody may have."""
    known = _count(link, "trial_trial WHERE state = 'cancelled'")
    if past <= known:
        return
    link.execute(
        "INSERT INTO people_person (password, is_superuser, is_staff, is_active, date_joined, first_name, last_name,"
        " email, phone, language) SELECT '', false, false, true, now(), 'Past', 'Past', 'past' || n ||"
        " '@example.org', '', 'en' FROM generate_series(1, 50000) n ON CONFLICT DO NOTHING"
    )
    first = _one(link, "SELECT min(id) FROM people_person WHERE email LIKE 'past%'")
    with link.transaction():
        link.execute(
            _PAST.format(
                first_person=first,
                persons=50000,
                cars=_count(link, "fleet_car"),
                count=past - known,
                kept_h=TRIAL_KEPT_H,
            )
        )


def free_everything(stage: Stage) -> None:
    """Every booking of this run is undone: the next part begins with the same stock."""
    with stage.connect() as link:
        link.execute("DELETE FROM booking_idempotencykey")
        link.execute(
            "DELETE FROM booking_reservation r USING trial_trial t WHERE t.id = r.trial_id AND t.state <> 'cancelled'"
        )
        link.execute("DELETE FROM trial_trialchange")
        link.execute("DELETE FROM trial_trial WHERE state <> 'cancelled'")
        link.execute("DELETE FROM eligibility_eligibilitydecision")
        link.execute("DELETE FROM procrastinate_jobs")
        link.execute("UPDATE fleet_car SET state = 'in_service' WHERE state <> 'in_service'")
        link.execute("VACUUM ANALYZE")


def slots(now: datetime) -> tuple[datetime, datetime]:
    """Two pick-up times of which one car can serve both."""
    day = (now + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    return day, day + timedelta(hours=TRIAL_KEPT_H + 1)


def slots_utc() -> tuple[datetime, datetime]:
    return slots(datetime.now(UTC))


def _program(link: "psycopg.Connection[tuple[object, ...]]") -> None:
    import hashlib

    link.execute(
        "INSERT INTO programs_program (id, name, secret_digest, scopes, serial, is_active, per_minute, created_at)"
        " VALUES (%s, 'Bench', %s, '[\"bookings:read\", \"bookings:write\"]', 1, true, 1000000000, now())"
        " ON CONFLICT DO NOTHING",
        [PROGRAM, hashlib.sha256(SECRET.encode()).hexdigest()],
    )


def _count(link: "psycopg.Connection[tuple[object, ...]]", of: str) -> int:
    return _one(link, f"SELECT count(*) FROM {of}")  # noqa: S608  our own constants


def _one(link: "psycopg.Connection[tuple[object, ...]]", sql: str) -> int:
    row = link.execute(sql).fetchone()
    return int(str(row[0])) if row else 0
