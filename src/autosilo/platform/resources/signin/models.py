from typing import ClassVar
from uuid import uuid4

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


class PhoneLogin(models.Model):
    """A number that was shown to be this person's, to sign in with. ``Person.phone`` is only what they wrote."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="phone_login")
    number = models.CharField(max_length=16, unique=True, help_text="E.164")
    since = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"phone of {self.person_id}"


class PhoneCode(models.Model):
    """One question for a code. The code itself is kept nowhere: it is derived from the row's id, see ``phones``.

    Asked for a number that nobody signs in with, the row has neither person nor number, and no message goes out.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="phone_codes")
    number = models.CharField(max_length=16, blank=True)
    enrols = models.BooleanField(help_text="adds the number to the account, instead of signing in")
    asked_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["ends_at"], name="phone_code_ends")]

    def __str__(self) -> str:
        return f"code asked for at {self.asked_at:%F %T}"
