from typing import ClassVar

from django.conf import settings
from django.db import models


class Notice(models.Model):
    """A message to a shopper. One of each kind and subject: sending it twice is not possible."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    kind = models.CharField(max_length=40)
    about = models.UUIDField(help_text="the trial that it is about")
    subject = models.CharField(max_length=200)
    body = models.TextField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "about"], name="notice_once")]

    def __str__(self) -> str:
        return f"{self.kind} to {self.person_id}"
