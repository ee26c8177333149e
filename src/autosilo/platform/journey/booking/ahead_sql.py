"""The cars of a wish with what each is kept for: the read behind the picker, a row for each period and car."""

AHEAD = """
    SELECT c.vin, c.paint_id, extract(epoch FROM c.ready_from)::float8,
        extract(epoch FROM lower(r.period))::float8, extract(epoch FROM upper(r.period))::float8
    FROM catalogue_paint p
    JOIN fleet_car c ON c.model_id = p.model_id AND c.paint_id = p.id
        AND c.site_id = %(site)s AND c.state = 'in_service'
    LEFT JOIN booking_reservation r ON r.car_id = c.vin AND r.active AND r.period && tstzrange(%(from)s, %(until)s)
        AND r.trial_id IS DISTINCT FROM %(besides)s::uuid
    WHERE p.model_id = %(model)s AND (p.id = %(paint)s::bigint OR %(paint)s::bigint IS NULL)
        AND NOT EXISTS (SELECT 1 FROM trial_trial o WHERE o.car_id = c.vin AND o.state = 'overdue')
    ORDER BY c.vin, r.period
"""
