from typing import ClassVar

from django.db import models

from autosilo.platform.resources.people.models import Person


class Identity(models.Model):
    """Who a person is at a marketplace whose login they use here. Found by issuer and subject, never by an address."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    name = models.CharField(max_length=150, blank=True, help_text="as the marketplace calls them")
    since = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        verbose_name_plural = "identities"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="identity_once"),
            models.UniqueConstraint(fields=["person", "issuer"], name="one_identity_at_each_issuer"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.issuer}"
