"""What somebody found in a place: as in the books, nothing, or another car."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from autosilo.platform.resources.fleet.vin import LENGTH, VALUES, is_valid
from autosilo.platform.surfaces.console.forms import OrderForm
from autosilo.platform.surfaces.console.queries.tower import CarInTower
from autosilo.platform.surfaces.console.queries.walk import WalkRow

AS_BOOKED, EMPTY, OTHER = "books", "empty", "other"


class FoundForm(OrderForm):
    """``vin`` of ``cleaned_data`` is the answer: a VIN, or None for no car."""

    place = forms.CharField(max_length=20)
    what = forms.ChoiceField(choices=[(AS_BOOKED, ""), (EMPTY, ""), (OTHER, "")])
    shown = forms.CharField(max_length=LENGTH, required=False)
    car = forms.ChoiceField(label=_("Which car?"), required=False)
    typed = forms.CharField(
        label=_("or its VIN"),
        required=False,
        max_length=LENGTH + 8,
        help_text=_("17 characters, behind the windscreen or on the door pillar; no I, O or Q."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, row: WalkRow, cars: list[CarInTower], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._row = row
        self._known = {one.car.vin for one in cars}
        self.fields["car"].choices = [("", gettext("Choose by plate")), *((one.car.vin, label(one)) for one in cars)]  # type: ignore[attr-defined]

    def clean_typed(self) -> str:
        """ISO 3779; of a car that is not of this site also the check digit, which catches a misread character."""
        vin = "".join(self.cleaned_data["typed"].upper().split())
        if not vin or vin in self._known:
            return vin
        if len(vin) != LENGTH or any(letter not in VALUES for letter in vin):
            raise forms.ValidationError(_("A VIN has 17 letters and digits, without I, O and Q."))
        if not is_valid(vin):
            raise forms.ValidationError(_("The check digit does not fit: a character was misread."))
        return vin

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        what = found.get("what")
        if what == AS_BOOKED and found.get("shown", "") != (self._row.vin or ""):
            raise forms.ValidationError(_("The books have changed since this page was shown. Look again."))
        if what == OTHER and not self.errors:
            if not found.get("car") and not found.get("typed"):
                raise forms.ValidationError(_("Choose the car, or type its VIN."))
            if found.get("car") and found.get("typed") and found["car"] != found["typed"]:
                raise forms.ValidationError(_("The chosen car and the typed VIN differ. Leave one of them empty."))
        found["vin"] = {AS_BOOKED: self._row.vin, EMPTY: None}.get(what or "", found.get("typed") or found.get("car"))
        return found


def label(one: CarInTower) -> str:
    """``沪A12345 · BYD Seal · now in L1.B0302``."""
    where = (
        gettext("by the books in %(place)s") % {"place": one.place} if one.place else gettext("by the books outside")
    )
    return f"{one.car.plate} · {one.car.model} · {where}"
