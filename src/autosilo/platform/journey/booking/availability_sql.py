"""The one read behind availability, as text: a benchmark runs it without the application."""

SQL = """
    SELECT c.vin,
           ARRAY(SELECT extract(epoch FROM lower(r.period))::float8 FROM booking_reservation r
                 WHERE r.car_id = c.vin AND r.active AND r.period && tstzrange(%(from)s, %(until)s) ORDER BY r.period),
           ARRAY(SELECT extract(epoch FROM upper(r.period))::float8 FROM booking_reservation r
                 WHERE r.car_id = c.vin AND r.active AND r.period && tstzrange(%(from)s, %(until)s) ORDER BY r.period),
           extract(epoch FROM c.ready_from)::float8
    FROM fleet_car c
    WHERE c.model_id = %(model)s AND c.paint_id = ANY(%(paints)s) AND c.site_id = %(site)s AND c.state = 'in_service'
          AND coalesce((SELECT false FROM trial_trial o WHERE o.car_id = c.vin AND o.state = 'overdue' LIMIT 1), true)
"""

NOW_SQL = """
    SELECT c.site_id, c.vin,
           (SELECT extract(epoch FROM upper(r.period))::float8 FROM booking_reservation r
            WHERE r.car_id = c.vin AND r.active AND r.period @> %(now)s::timestamptz),
           extract(epoch FROM c.ready_from)::float8
    FROM fleet_car c
    WHERE c.model_id = %(model)s AND c.paint_id = ANY(%(paints)s) AND c.state = 'in_service'
          AND coalesce((SELECT false FROM trial_trial o WHERE o.car_id = c.vin AND o.state = 'overdue' LIMIT 1), true)
"""
"""Where the cars of a wish are at this moment, over all sites: until when each is kept, if it is."""
