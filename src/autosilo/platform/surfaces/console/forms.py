"""What people type into the console."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

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


class ReasonForm(forms.Form):
    """Why an operator does something to somebody's trial."""

    reason = forms.CharField(label=_("Reason"), min_length=3, max_length=MAX_NOTE)


class NoteForm(forms.Form):
    """What was found and done."""

    note = forms.CharField(label=_("What was found and done"), min_length=3, max_length=MAX_NOTE)


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
