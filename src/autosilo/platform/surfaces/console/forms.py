"""What people type into the console."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from autosilo.platform.resources.catalogue.models import CarModel
from autosilo.platform.resources.programs.states import Scope
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.resources.sites.queries import name_of, zone_of
from autosilo.platform.surfaces.console.planning import (
    MOST_BAYS_A_LIFT,
    MOST_CARS,
    MOST_CHARGERS,
    MOST_FLOORS,
    MOST_LIFTS,
    MOST_PICKUPS,
)

CODE_DIGITS = 6
MAX_NOTE = 300
MAX_SHIFT_HOURS = 24 * 30


class CodeField(forms.CharField):
    """A one-time code: six digits, spaces allowed as authenticators show them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=CODE_DIGITS + 2,
            widget=forms.TextInput(
                attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "pattern": "[0-9 ]*"}
            ),
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        return super().clean(value).replace(" ", "")


class LoginForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = CodeField(
        label=_("One-time code"), required=False, help_text=_("From your authenticator. Leave it empty the first time.")
    )


class EnrolForm(forms.Form):
    code = CodeField(label=_("One-time code"))


class DepositForm(forms.Form):
    """What is kept of a deposit, and why, in words that the shopper reads."""

    keep = forms.DecimalField(
        label=_("Keep of it"),
        min_value=0,
        decimal_places=2,
        max_digits=12,
        help_text=_("0 releases all of it. The rest is let go in any case."),
    )
    reason = forms.CharField(
        label=_("Reason"), min_length=3, max_length=MAX_NOTE, help_text=_("The shopper reads this in a letter.")
    )


class ReasonForm(forms.Form):
    """Why an operator does something to somebody's trial."""

    reason = forms.CharField(label=_("Reason"), min_length=3, max_length=MAX_NOTE)


class NoteForm(forms.Form):
    """What was found and done."""

    note = forms.CharField(label=_("What was found and done"), min_length=3, max_length=MAX_NOTE)


def _slider(label: Any, low: int, high: int, step: int = 1) -> forms.IntegerField:
    attrs = {"step": step}
    return forms.IntegerField(
        label=label, min_value=low, max_value=high, widget=forms.NumberInput(attrs={"type": "range", **attrs})
    )


class WishForm(forms.Form):
    """Sliders of the planning page; names are those of ``planning.Wish``."""

    lifts = _slider(_("Number of lifts"), 1, MOST_LIFTS)
    floors = _slider(_("Floors"), 1, MOST_FLOORS)
    delivery_bays = _slider(_("Delivery bays at each lift"), 1, MOST_BAYS_A_LIFT)
    cars = _slider(_("Cars of the fleet"), 1, MOST_CARS)
    chargers = _slider(_("Bays with a charger"), 0, MOST_CHARGERS)
    pickups = _slider(_("Pick-ups a day"), 1, MOST_PICKUPS)
    booked = _slider(_("Booked, of 100 pick-ups"), 0, 100, 5)


class ShiftForm(forms.Form):
    """How far to move the demo clock."""

    hours = forms.FloatField(label=_("Hours"), min_value=0.01, max_value=MAX_SHIFT_HOURS)


class OrderForm(forms.Form):
    """An order to a tower. ``order`` is its number on the bus, so that sending the form twice orders once."""

    order = forms.UUIDField(widget=forms.HiddenInput)


class ReasonedOrderForm(OrderForm):
    reason = forms.CharField(label=_("Reason"), min_length=3, max_length=MAX_NOTE)


class BayForm(ReasonedOrderForm):
    """Block a bay, or unblock it."""

    blocked = forms.TypedChoiceField(choices=[("yes", ""), ("no", "")], coerce=lambda word: word == "yes")


class LiftForm(ReasonedOrderForm):
    """Take a lift out of service, or return it."""

    in_service = forms.TypedChoiceField(choices=[("yes", ""), ("no", "")], coerce=lambda word: word == "yes")


class SiteField(forms.ModelChoiceField):
    """A site, by its name in the reader's language."""

    def __init__(self, *, label: Any) -> None:
        super().__init__(queryset=Site.objects.all(), to_field_name="slug", label=label)

    def label_from_instance(self, obj: Site) -> str:
        return name_of(obj, get_language() or "en")


class SiteTimeField(forms.DateTimeField):
    """A moment on some site's clock; ``at`` says on which, once it is known."""

    def __init__(self, *, label: Any) -> None:
        form = "%Y-%m-%dT%H:%M"
        super().__init__(
            label=label,
            input_formats=[form],
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=form),
            help_text=_("On that site's clock."),
        )

    @staticmethod
    def at(given: datetime, site: Site) -> datetime:
        return given.replace(tzinfo=zone_of(site))


class ExpectedForm(forms.Form):
    """When a car is expected, on the clock of the site to which it goes."""

    expected = SiteTimeField(label=_("Expected there"))

    def expected_at(self, site: Site) -> datetime:
        """Aware, once the form is valid."""
        return SiteTimeField.at(self.cleaned_data["expected"], site)


class TransferForm(ExpectedForm):
    """Where a car is sent, and why although that tower is full."""

    target = SiteField(label=_("To"))
    despite = forms.CharField(
        label=_("Reason, if that tower has no bay left"), min_length=3, max_length=MAX_NOTE, required=False
    )
    field_order = ("target", "expected", "despite")

    def __init__(self, *args: Any, source: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["target"]
        assert isinstance(field, SiteField)  # noqa: S101  it is the one above
        field.queryset = Site.objects.exclude(pk=source.pk)


class SaleForm(forms.Form):
    """Which model is sold where, from when on that site's clock."""

    car_model = forms.ModelChoiceField(
        queryset=CarModel.objects.filter(on_sale=True), to_field_name="slug", label=_("Model")
    )
    site = SiteField(label=_("Site"))
    opens = SiteTimeField(label=_("Bookings begin"))

    def opens_at(self) -> datetime:
        """Aware, once the form is valid."""
        return SiteTimeField.at(self.cleaned_data["opens"], self.cleaned_data["site"])


class ProgramScopesForm(forms.Form):
    """What a program may do, and how often."""

    scopes = forms.MultipleChoiceField(
        label=_("It may"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple, required=True
    )
    per_minute = forms.IntegerField(label=_("Requests a minute"), min_value=1, max_value=1_000_000)


class ProgramForm(ProgramScopesForm):
    """A program that is let in."""

    slug = forms.SlugField(
        label=_("Its name for machines"), max_length=40, help_text=_("Small letters, digits and hyphens; it stays.")
    )
    name = forms.CharField(label=_("Name"), min_length=2, max_length=80)
    field_order = ("slug", "name", "scopes", "per_minute")


class ReviewForm(forms.Form):
    """An operator's word on a refusal."""

    reason = forms.CharField(min_length=10, max_length=1000)
    overturn = forms.TypedChoiceField(choices=[("yes", ""), ("no", "")], coerce=lambda word: word == "yes")


class LicenceForm(forms.Form):
    """An operator's word on a photo of a driving licence."""

    accept = forms.TypedChoiceField(choices=[("yes", ""), ("no", "")], coerce=lambda word: word == "yes")
    expires_on = forms.DateField(required=False)
    reason = forms.CharField(max_length=1000, required=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("accept") and not given.get("expires_on") and "expires_on" not in self.errors:
            self.add_error("expires_on", _("Until when is it valid? It stands in the licence."))
        return given


class PolicyForm(forms.Form):
    """A policy's text, how far to look back, and why it is scheduled."""

    DAYS = 60

    text = forms.CharField(max_length=64 * 1024, strip=False)
    days = forms.IntegerField(min_value=1, max_value=400)
    own_market = forms.BooleanField(required=False)
    reason = forms.CharField(max_length=MAX_NOTE, required=False)


class FlagForm(forms.Form):
    """What was found about accounts that share something."""

    note = forms.CharField(min_length=3, max_length=MAX_NOTE)
    is_abuse = forms.TypedChoiceField(choices=[("yes", ""), ("no", "")], coerce=lambda word: word == "yes")


class ImportForm(forms.Form):
    """A list of memberships: a file, or its text."""

    source = forms.CharField(max_length=40)
    file = forms.FileField(required=False)
    text = forms.CharField(required=False, strip=False)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("file") and not given.get("text", "").strip():
            self.add_error("text", _("Choose a file, or write the list."))
        return given


class TeachForm(forms.Form):
    """Beside reference photos."""

    sure = forms.BooleanField(label=_("Add also what looks like another model"), required=False)
    keep_picture = forms.BooleanField(
        label=_("Keep a small picture of each"),
        required=False,
        help_text=_(
            "The car alone, at most 320 pixels wide, plate and windows covered. Otherwise only numbers are kept."
        ),
    )


class TrainForm(forms.Form):
    """How a gallery is trained."""

    kind = forms.ChoiceField(
        label=_("How"),
        choices=[("plain", _("From the photos")), ("tuned", _("With a tuned head, from 50 photos on"))],
        widget=forms.RadioSelect,
        initial="plain",
    )
    activate = forms.BooleanField(label=_("Use it as soon as it is ready"), required=False, initial=True)
