"""Why a booking cannot be made or changed, in words that may be shown."""

from django.utils.translation import gettext_lazy as _

from autosilo.platform.kit.refusals import Refusal


class CannotBook(Refusal):
    """With ``not_eligible``: ``detail["record"]``, the decision with its reasons, unless ``detail["why"]`` says why
    none could be made."""

    messages = {
        "not_eligible": _("You cannot drive this car at the moment. See the rules below."),
        "slot_past": _("This pick-up time is over. Please choose another one."),
        "slot_closed": _("The site is closed at this time. Please choose another one."),
        "slot_too_far": _("This pick-up time is too far ahead. Please choose another one."),
        "car_taken": _("Somebody was faster: no car of this colour is free at this time. Nothing was booked."),
        "already_active": _("You have a trial that is not finished yet. One at a time."),
        "model_tried": _("You have tried this model before. Each model can be tried once."),
        "site_closed": _("This site takes no bookings at the moment."),
        "not_offered": _("This model is not offered in this colour any more."),
        "too_many_holds": _("You have held many cars in the last hour. Please wait a little."),
        "unknown_person": _("This account cannot book."),
        "key_used": _("This request is being served already."),
        "key_reused": _("This idempotency key was used for another request."),
        "unpaid": _(
            "This trial has a fee or a deposit. Hold the car; the shopper pays in the shop within ten minutes."
        ),
        "not_open": _("This car cannot be booked yet. Please come back when its sale opens."),
    }


class CannotConfirm(Refusal):
    messages = {
        "expired": _("The ten minutes are over, and the car is free for others again. Please choose a time once more."),
        "confirmed": _("This booking is confirmed already."),
        "over": _("This trial is over."),
        "unpaid": _("The fee or the deposit of this trial is not paid yet."),
    }


class CannotMoveSlot(Refusal):
    messages = {
        "begun": _("The car is on its way or with you already, so its time cannot be changed."),
        "over": _("This trial is over."),
        "slot_past": CannotBook.messages["slot_past"],
        "slot_closed": CannotBook.messages["slot_closed"],
        "slot_too_far": CannotBook.messages["slot_too_far"],
        "site_closed": CannotBook.messages["site_closed"],
        "not_offered": CannotBook.messages["not_offered"],
        "not_eligible": _("The rules do not allow this time. Your booking stands as it is."),
        "car_taken": _("No car of this kind is free at that time. Your booking stands as it is."),
        "no_bay": _(
            "With this time the tower would have no bay left for a car that comes back. Please choose another one. Your"
            " booking stands as it is."
        ),
    }


class CannotCancel(Refusal):
    messages = {
        "begun": _("The car is on its way or with you already; bring it back instead."),
        "over": _("This trial is over."),
        "not_yours": _("This is not your trial."),
    }


class CannotTake(Refusal):
    """Of what was offered instead of a car that failed."""

    messages = {
        "over": _("This offer is over. Your trial stands as this page shows it."),
        "begun": CannotMoveSlot.messages["begun"],
        "not_offered": _("This was not offered to you."),
        "gone": _("Somebody was faster: this car was booked meanwhile. Please choose another one; all else stands."),
        "slot_past": CannotBook.messages["slot_past"],
        "not_eligible": _("The rules do not allow this one any more. Please choose another one; all else stands."),
    }
