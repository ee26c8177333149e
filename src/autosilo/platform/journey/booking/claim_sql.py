"""The claim: one statement, whose parts stand or fall together."""

_CLAIM = """
WITH asked AS (
    SELECT %(trial)s::uuid AS trial, %(person)s::bigint AS person, %(model)s::text AS model, %(site)s::text AS site,
        %(state)s::text AS state, %(policy)s::text AS policy, %(now)s::timestamptz AS now,
        tstzrange(%(kept_from)s::timestamptz, %(kept_until)s::timestamptz) AS period
), wanted AS MATERIALIZED (
    SELECT vin FROM fleet_car
    WHERE model_id = %(model)s::text AND paint_id = ANY(%(paints)s::bigint[]) AND site_id = %(site)s::text
          AND state = 'in_service' AND (ready_from IS NULL OR ready_from <= %(ready_by)s::timestamptz)
          AND (SELECT open_for_booking FROM sites_site WHERE slug = %(site)s::text)
    ORDER BY random()
), car AS (
    SELECT one.vin, one.plate, one.paint_id FROM wanted JOIN LATERAL (
        SELECT f.vin, f.plate, f.paint_id FROM fleet_car f
        WHERE f.vin = wanted.vin
              AND coalesce((SELECT false FROM booking_reservation r WHERE r.car_id = wanted.vin AND r.active
                            AND r.period && tstzrange(%(kept_from)s::timestamptz, %(kept_until)s::timestamptz)
                            LIMIT 1), true)
              AND coalesce((SELECT false FROM trial_trial o
                            WHERE o.car_id = wanted.vin AND o.state = 'overdue' LIMIT 1), true)
        FOR UPDATE OF f {skip}
    ) one ON true LIMIT 1
), trial AS (
    INSERT INTO trial_trial (id, person_id, car_model_id, paint_id, car_id, site_id, state, policy, slot_start,
        slot_end, collect_from, collect_until, hold_until, channel, created_at, site_revision, fee_minor,
        deposit_minor, cost_currency)
    SELECT trial, person, model, car.paint_id, car.vin, site, state, policy, %(start)s::timestamptz,
        %(end)s::timestamptz, %(collect_from)s::timestamptz, %(collect_until)s::timestamptz,
        %(hold_until)s::timestamptz, %(channel)s::text, now, 0, %(fee)s::bigint, %(deposit)s::bigint,
        %(currency)s::text FROM car, asked
), reservation AS (
    INSERT INTO booking_reservation (trial_id, car_id, period, active)
    SELECT trial, car.vin, period, true FROM car, asked
), decision AS (
    INSERT INTO eligibility_eligibilitydecision (person_id, car_model_id, policy, allowed, rules, terms, facts, at)
    SELECT person, model, policy, true, %(rules)s::jsonb, %(terms)s::jsonb, %(facts)s::jsonb, now FROM car, asked
), history AS (
    INSERT INTO trial_trialchange (subject_id, source, target, at, by, detail)
    SELECT trial, 'held', 'booked', now, 'shopper', '{{}}' FROM car, asked WHERE state = 'booked'
), job AS (
    INSERT INTO procrastinate_jobs (queue_name, task_name, args)
    SELECT 'default', %(task)s::text, jsonb_build_object('trial', trial::text) FROM car, asked WHERE state = 'booked'
), answer AS (
    SELECT %(said)s::jsonb || jsonb_build_object('plate', car.plate, 'paint', p.code) AS body
    FROM car JOIN catalogue_paint p ON p.id = car.paint_id
), key AS (
    INSERT INTO booking_idempotencykey (scope, key, request_hash, answer, trial_id, created_at)
    SELECT %(scope)s::text, %(key)s::text, %(hash)s::text, answer.body, trial, now FROM answer, asked
    WHERE %(key)s::text <> ''
)
SELECT body::text FROM answer
"""

EAGER = _CLAIM.format(skip="SKIP LOCKED")
"""Passes over the cars that somebody else takes at this instant."""
PATIENT = _CLAIM.format(skip="")
"""Waits for each of them."""
