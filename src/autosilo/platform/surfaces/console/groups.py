"""The groups of staff and what each may do in the stock admin. What they may do in the console: ``access.py``."""

from typing import Any

from django.contrib.auth.models import Group, Permission

from autosilo.platform.resources.people.roles import Role

LOOKED_AT = (
    "admin.logentry",
    "booking.reservation",
    "catalogue.carmodel",
    "catalogue.paint",
    "catalogue.referencelook",
    "eligibility.eligibilitydecision",
    "eligibility.review",
    "eligibility.scheduledpolicy",
    "fleet.car",
    "handover.handover",
    "identity.biometricconsent",
    "identity.facetemplate",
    "identity.visitpass",
    "incidents.incident",
    "notices.notice",
    "payments.payment",
    "people.auditentry",
    "people.drivinglicence",
    "people.flag",
    "people.membership",
    "people.person",
    "purchase.purchase",
    "returns.carreturn",
    "scan.correction",
    "scan.correctionchange",
    "scan.demand",
    "scan.gallerychange",
    "scan.galleryversion",
    "sites.outgoingorder",
    "sites.seenfact",
    "sites.site",
    "telemetry.carreading",
    "towers.stafforder",
    "towers.towerbook",
    "towers.walk",
    "towers.walkphoto",
    "trial.deadline",
    "trial.trial",
    "trial.trialchange",
    "payments.paymentchange",
)
TENDED = (
    "catalogue.add_carmodel",
    "catalogue.change_carmodel",
    "catalogue.add_paint",
    "catalogue.change_paint",
    "fleet.add_car",
    "fleet.change_car",
    "sites.change_site",
)


def _view(model: str) -> str:
    app, name = model.split(".")
    return f"{app}.view_{name}"


PERMISSIONS: dict[Role, tuple[str, ...]] = {
    Role.OPERATOR: (*map(_view, LOOKED_AT), *TENDED),
    Role.TECHNICIAN: tuple(map(_view, LOOKED_AT)),
    Role.AUDITOR: ("people.view_auditentry", "admin.view_logentry"),
}


def ensure_groups(**_signal: Any) -> None:
    """Make the groups and give them what they lack; what somebody added by hand stays. Runs after each migration."""
    known = {
        f"{row.content_type.app_label}.{row.codename}": row for row in Permission.objects.select_related("content_type")
    }
    for role, names in PERMISSIONS.items():
        group, _made = Group.objects.get_or_create(name=role.value)
        group.permissions.add(*(known[name] for name in names if name in known))
