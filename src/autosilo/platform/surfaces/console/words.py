"""The console's words for what the records only name."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from autosilo.platform.journey.booking.models import OfferState
from autosilo.platform.journey.trial.states import TrialState
from autosilo.platform.policies.decision import Rule
from autosilo.platform.resources.catalogue.models import Body
from autosilo.platform.resources.payments.states import PaymentState
from autosilo.platform.resources.people.roles import Role

STATES = {
    TrialState.HELD: _("Held"),
    TrialState.BOOKED: _("Booked"),
    TrialState.HANDING_OVER: _("Handing over"),
    TrialState.DRIVING: _("Driving"),
    TrialState.OVERDUE: _("Overdue"),
    TrialState.RETURNING: _("Returning"),
    TrialState.RETURNED: _("Returned"),
    TrialState.PURCHASED: _("Purchased"),
    TrialState.CANCELLED: _("Cancelled"),
    TrialState.NO_SHOW: _("No show"),
    TrialState.EXPIRED: _("Hold ran out"),
}

STATE_TONES: dict[str, str] = {
    TrialState.HANDING_OVER: "badge-warn",
    TrialState.DRIVING: "badge-good",
    TrialState.OVERDUE: "badge-bad",
    TrialState.RETURNING: "badge-warn",
    TrialState.PURCHASED: "badge-good",
}

INCIDENTS = {
    "tower_held": _("The tower has stopped and waits"),
    "reconciliation": _("A lift waits until somebody has looked into its bays"),
    "help_wanted": _("Somebody at the kiosk wants help"),
    "car_overdue": _("A car is not back in time"),
    "intake_refused": _("The intake refused a car"),
    "car_sold": _("A booked car was sold"),
    "car_moved": _("A booked car goes to another site"),
    "transfer_late": _("A car from another site has not come"),
    "car_not_ready": _("A booked car will not be ready in time"),
    "car_late": _("A booked car is not back in time"),
    "car_failed": _("A booked car is out of service"),
    "offer_unanswered": _("A booking was called off: its car failed, and the shopper did not answer. Call them"),
    "paid_without_car": _("Paid, but there is no car to hand over"),
    "unreadable_fact": _("The site sends what cannot be understood"),
    "unknown_site": _("A site that is not known sends reports"),
    "fact_makes_no_sense": _("The site reported something impossible"),
    "faces_filing": _("So many faces are held that a filing becomes due"),
    "deposit_to_decide": _("A car came late: its deposit waits for a decision"),
    "money_stuck": _("Money that should move has not moved for an hour"),
    "log_rewritten": _("A site's log of accesses to faces was cut off or written anew"),
}
HELP_REASONS = {
    "asked": _("Asked for a person"),
    "locked_out": _("Locked out after wrong codes"),
    "camera_dead": _("The camera does not work"),
    "collect_failed": _("The car could not be brought"),
    "already_here": _("A car came back that the tower believes to be inside"),
    "not_admitted": _("A car came back and the intake was not ready"),
    "car_stays": _("A refused car does not leave the intake"),
    "zone_not_clear": _("A gate cannot shut: something is in front of it"),
    "car_shut_in": _("A booked car cannot be brought down at present"),
}

RULES = {
    Rule.CREDIT: _("Credit"),
    Rule.MEMBERSHIP: _("Membership"),
    Rule.TRIAL_COUNT: _("Number of trials"),
    Rule.ONE_AT_A_TIME: _("One trial at a time"),
    Rule.MODEL_ONCE: _("Each model once"),
    Rule.LICENCE: _("Driving licence"),
    Rule.LICENCE_VERIFIED: _("Licence verified"),
    Rule.AGE: _("Age"),
}

ACTIONS = {
    "signed_in": _("Signed in"),
    "face_enrolled": _("Face template made and sealed"),
    "portrait_compared": _("Captured face compared with a licence's portrait"),
    "caller_watched": _("Looked at who called for help"),
    "face_sent": _("Sealed face template sent to its site"),
    "face_destroyed": _("Face template destroyed"),
    "data_exported": _("Own data downloaded by a shopper"),
    "person_erased": _("A shopper was forgotten"),
    "site_log_told": _("Where a site's log of accesses ends"),
    "signed_out": _("Signed out"),
    "sign_in_refused": _("Sign-in refused"),
    "second_factor_enrolled": _("Authenticator set up"),
    "second_factor_forgotten": _("Authenticator forgotten"),
    "hold_resolved": _("Tower told to go on"),
    "trial_cancelled": _("Trial cancelled"),
    "contact_shown": _("Contact details shown"),
    "incident_closed": _("Incident closed"),
    "lift_taken_out": _("Lift taken out of service"),
    "lift_returned": _("Lift returned to service"),
    "bay_blocked": _("Bay blocked"),
    "bay_unblocked": _("Bay unblocked"),
    "bay_confirmed": _("Place confirmed"),
    "walk_finished": _("Walk finished"),
    "photo_attached": _("Photo attached to a walk"),
    "clock_moved": _("Demo clock moved"),
    "review_decided": _("Refusal looked at"),
    "policy_scheduled": _("Policy scheduled"),
    "policy_withdrawn": _("Policy withdrawn"),
    "licence_proven": _("Licence verified"),
    "licence_photo_seen": _("Photo of a licence looked at"),
    "licence_decided": _("Photo of a licence decided"),
    "licence_doubted": _("Licence shown, not believed"),
    "flag_closed": _("Shared licence, device or card looked at"),
    "memberships_imported": _("Memberships imported"),
    "look_added": _("Reference photo added"),
    "look_removed": _("Reference photo removed"),
    "gallery_trained": _("Gallery training ordered"),
    "gallery_activated": _("Gallery version put into use"),
    "car_sent_off": _("Car sent to another site"),
    "car_turned_back": _("Car turned back"),
    "sale_planned": _("Sale planned"),
    "sale_called_off": _("Sale called off"),
    "program_added": _("Program let in"),
    "program_changed": _("Program changed"),
    "program_stopped": _("Program stopped"),
    "program_let_in_again": _("Program let in again"),
    "program_rotated": _("Secret of a program renewed"),
    "deposit_decided": _("Deposit decided"),
    "fee_refunded": _("Fee given back"),
    "correction_accepted": _("Shopper's correction accepted"),
    "correction_declined": _("Shopper's correction declined"),
}

BODIES: dict[str, str | Promise] = {
    Body.HATCHBACK: _("Hatchback"),
    Body.SALOON: _("Saloon"),
    Body.ESTATE: _("Estate"),
    Body.SUV: _("SUV"),
    Body.VAN: _("Van"),
    Body.PICKUP: _("Pick-up"),
    Body.SPORTS: _("Sports car"),
    Body.CONVERTIBLE: _("Convertible"),
}

VIEWS: dict[str, str | Promise] = {
    "front": _("from the front"),
    "side": _("from the side"),
    "rear": _("from behind"),
}

VERSION_STATES: dict[str, str | Promise] = {
    "ordered": _("waits for the worker"),
    "training": _("in training"),
    "ready": _("ready"),
    "active": _("in use"),
    "failed": _("failed"),
}

VERSION_TONES: dict[str, str] = {"active": "badge-good", "failed": "badge-bad", "training": "badge-warn"}

FAILURES: dict[str, str | Promise] = {
    "too_few": _("There are too few photos to tune a head: it takes 50, of models with several."),
    "broken": _("Something broke; the log says what."),
    "lost": _("The worker ended before it was done."),
}

ROLES = {
    Role.OPERATOR: _("Operator"),
    Role.TECHNICIAN: _("Technician"),
    Role.AUDITOR: _("Auditor"),
}

MONEY: dict[str, str | Promise] = {
    PaymentState.ASKED: _("not paid yet"),
    PaymentState.AUTHORISED: _("held on the card"),
    PaymentState.PAID: _("taken"),
    PaymentState.FAILED: _("never taken"),
    PaymentState.REFUNDED: _("refunded"),
    PaymentState.RELEASED: _("let go"),
}

OFFERS: dict[str, str | Promise] = {
    OfferState.OPEN: _("not answered yet"),
    OfferState.TAKEN: _("chosen by the shopper"),
    OfferState.LAPSED: _("not answered in time"),
    OfferState.MOVED: _("the shopper chose another time"),
    OfferState.DECLINED: _("the booking was cancelled"),
    OfferState.WITHDRAWN: _("withdrawn: a car as booked is there"),
    OfferState.RENEWED: _("another offer took its place"),
}

DEADLINES = {
    "offer": _("Offer ends"),
    "no_show": _("Booking lapses"),
    "remind_24h": _("Reminder, a day before"),
    "remind_3h": _("Reminder, three hours before"),
    "overdue": _("Car is due back"),
    "release_deposit": _("Deposit is released"),
}

ACTORS = {
    "shopper": _("shopper"),
    "site": _("site"),
    "deadline": _("clock"),
    "payment": _("payment"),
    "operator": _("operator"),
}

KEYS = {
    "activate": _("put into use"),
    "after": _("found"),
    "amount": _("amount"),
    "before": _("in the books"),
    "changed": _("changed"),
    "confirmed": _("confirmed"),
    "counted": _("counted"),
    "deposit": _("deposit"),
    "fact": _("report"),
    "fee": _("fee"),
    "held": _("held because"),
    "hours": _("hours"),
    "id": _("number"),
    "kind": _("what"),
    "lift": _("lift"),
    "least_years": _("at least, years"),
    "look_at": _("where to look"),
    "kiosk": _("screen at the site"),
    "kept": _("kept"),
    "market": _("market"),
    "mistake": _("mistakes"),
    "model": _("model"),
    "months": _("in months"),
    "most": _("at most"),
    "needed": _("needed"),
    "needed_until": _("needed until"),
    "new": _("new"),
    "note": _("note"),
    "open": _("open"),
    "outcome": _("outcome"),
    "photo": _("photo"),
    "picture_kept": _("picture kept"),
    "place": _("place"),
    "plate": _("plate"),
    "proposed": _("proposed to keep"),
    "reason": _("reason"),
    "rules": _("rules let pass"),
    "same": _("no change"),
    "sha256": _("SHA-256"),
    "site": _("site"),
    "state": _("answer"),
    "threshold": _("threshold"),
    "until": _("until"),
    "valid_from": _("holds from"),
    "valid_until": _("valid until"),
    "why": _("why"),
}
"""Names of details in records, as terms beside their values."""

CHANGES = {
    "newly_allowed": _("Would be allowed, was refused"),
    "newly_refused": _("Would be refused, was allowed"),
    "other_reasons": _("Refused for other reasons"),
    "other_terms": _("Allowed on other terms"),
}
"""What a policy that is tried on the past would have changed."""

MARKS = {
    "licence": _("Driving licence"),
    "device": _("Device"),
    "card": _("Payment card"),
}
"""What several accounts may share."""

LICENCE_OUTCOMES = {
    "accepted": _("Licence accepted"),
    "refused": _("Licence refused"),
    "withdrawn": _("Taken back by the shopper"),
    "lapsed": _("Nobody looked in time"),
}
"""What became of a photo of a licence."""
