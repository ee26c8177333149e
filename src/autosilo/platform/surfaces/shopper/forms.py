"""Forms of the shop. What is right is decided by the domain; here a field only becomes a value."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from autosilo.platform.kit.refusals import Refusal
from autosilo.platform.resources.people.models import Person
from autosilo.platform.resources.people.queries import licence_of


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class RefusedForm(forms.Form):
    """A form that can show why the domain refused."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.setdefault("data-testid", name.replace("_", "-"))

    def refuse(self, refusal: Refusal) -> None:
        """Put the refusal's words beside the field that it names."""
        field = refusal.detail.get("field")
        at = field if field in self.fields else None
        reasons = refusal.detail.get("password") or [str(refusal)]
        for reason in reasons:
            self.add_error(at, reason)


class JoinForm(RefusedForm):
    given_name = forms.CharField(
        label=_("Given name"),
        max_length=150,
        help_text=_("The kiosk greets you with it."),
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 10 characters."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class ArrivalForm(RefusedForm):
    """Somebody whom a marketplace has named: what is still to be said for an account."""

    given_name = forms.CharField(
        label=_("Given name"),
        max_length=150,
        help_text=_("The kiosk greets you with it."),
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("We write to you there about your bookings."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class NumberForm(RefusedForm):
    number = forms.CharField(
        label=_("Phone"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )


class CodeForm(RefusedForm):
    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        help_text=_("Six digits, from the text message."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class LoginForm(RefusedForm):
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class DetailsForm(RefusedForm):
    given_name = forms.CharField(
        label=_("Given name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    family_name = forms.CharField(
        label=_("Family name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    birth_date = forms.DateField(label=_("Date of birth"), widget=DateInput(autocomplete="bday"))
    phone = forms.CharField(
        label=_("Phone"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"})
    )
    licence_number = forms.CharField(
        label=_("Driving licence number"),
        max_length=30,
        help_text=_("As it is printed on the licence."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    licence_expires_on = forms.DateField(
        label=_("Licence valid until"), help_text=_("It must be valid for the whole trial."), widget=DateInput()
    )

    @classmethod
    def showing(cls, person: Person) -> "DetailsForm":
        licence = licence_of(person=person)
        return cls(
            initial={
                "given_name": person.first_name,
                "family_name": person.last_name,
                "birth_date": person.birth_date,
                "phone": person.phone,
                "licence_number": licence.number if licence else "",
                "licence_expires_on": licence.expires_on if licence else None,
            }
        )
