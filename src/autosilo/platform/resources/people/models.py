from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from autosilo.platform.kit.prepared import Given, Prepared


class PersonManager(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get(self, *args: Any, **by: Any) -> "Person":
        """By number alone is how every request of a signed-in person reads who asks: that keeps its plan. A manager of
        somebody's relations is another one, which knows whose."""
        number = by.get("pk")
        if args or len(by) != 1 or not isinstance(number, int) or type(self) is not PersonManager:
            return super().get(*args, **by)
        found = _BY_NUMBER.one(number=number)
        if found is None:
            raise self.model.DoesNotExist
        return found

    def get_by_natural_key(self, username: str | None) -> "Person":
        """As ``email_once_whatever_its_case`` compares, so that its index finds the one row."""
        found = _BY_EMAIL.one(email=username)
        if found is None:
            raise self.model.DoesNotExist
        return found


class Person(AbstractUser):
    """A shopper or an operator; the e-mail address is the name."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(unique=True)
    phone = models.CharField(max_length=20, blank=True)
    birth_date = models.DateField(null=True, blank=True)
    language = models.CharField(max_length=10, default="en")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = PersonManager()  # type: ignore[misc,assignment]

    class Meta:
        verbose_name_plural = "people"
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="email_once_whatever_its_case")]

    def __str__(self) -> str:
        return self.email


_BY_NUMBER = Prepared(lambda: Person.objects.order_by().filter(pk=Given("number")))
_BY_EMAIL = Prepared(
    lambda: Person.objects.order_by().alias(folded=Lower("email")).filter(folded=Lower(Given("email")))
)


class DrivingLicence(models.Model):
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="licence")
    number = models.CharField(max_length=30)
    expires_on = models.DateField()
    stated_at = models.DateTimeField()  # since when the person goes by this number, name and birth date

    def __str__(self) -> str:
        return f"licence of {self.person_id}"


class Tier(models.TextChoices):
    BASIC = "basic", "basic"
    PREMIUM = "premium", "premium"


class Membership(models.Model):
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="membership")
    tier = models.CharField(max_length=20, choices=Tier)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=40, help_text="who vouches for it: platform, demo, an identity provider")

    def __str__(self) -> str:
        return f"{self.tier} of {self.person_id}"


class MarkKind(models.TextChoices):
    LICENCE = "licence", "licence"
    DEVICE = "device", "device"
    CARD = "card", "card"


class Mark(models.Model):
    """An account was used with a licence, a device or a card; which one is a keyed digest, see ``marks``."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=10, choices=MarkKind)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "digest", "person"], name="mark_once_per_account")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_id}"


class FlagState(models.TextChoices):
    OPEN = "open", "open"
    HARMLESS = "harmless", "harmless"
    ABUSE = "abuse", "abuse"


class Flag(models.Model):
    """More accounts share a mark than should: for an operator to look at. It refuses nobody anything."""

    kind = models.CharField(max_length=10, choices=MarkKind)
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=FlagState, default=FlagState.OPEN)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["opened_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "digest"], condition=models.Q(state=FlagState.OPEN), name="one_open_flag_per_mark"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} flag ({self.state})"


class AuditEntry(models.Model):
    """What an operator or the system did, to what, and why. Never changed, never deleted.

    The database numbers and chains an entry at the end of its transaction (``autosilo.chain``) and refuses to change or
    delete it; see the migration that is named after it.
    """

    number = models.BigIntegerField(null=True, unique=True, editable=False)
    previous = models.CharField(max_length=64, null=True, editable=False)
    digest = models.CharField(max_length=64, null=True, editable=False)
    at = models.DateTimeField()
    actor = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT)
    action = models.CharField(max_length=80)
    target = models.CharField(max_length=200)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["-at"]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.action} {self.target}"
