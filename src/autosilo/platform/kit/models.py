from django.db import models


class ClockOffset(models.Model):
    """Demo only: how far this shop's clock runs ahead of real time. One row at most."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    offset_s = models.FloatField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="clock_offset_is_one_row"),
            models.CheckConstraint(condition=models.Q(offset_s__gte=0), name="clock_never_runs_backwards"),
        ]


class RateBucket(models.Model):
    """How often ``key`` was used in the present window (fixed windows, counted in SQL)."""

    key = models.CharField(max_length=200, primary_key=True)
    window_start = models.DateTimeField()
    count = models.PositiveIntegerField()
