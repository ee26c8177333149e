from typing import ClassVar

from django.conf import settings
from django.db import models

from autosilo.platform.resources.sites.models import Site


class Incident(models.Model):
    """Something that waits for a person. ``key`` makes opening it twice harmless."""

    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.PROTECT)
    trial = models.UUIDField(null=True, blank=True)
    detail = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-opened_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], condition=models.Q(closed_at=None), name="incident_open_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.site_id}"
