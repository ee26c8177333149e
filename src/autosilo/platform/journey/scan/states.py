"""States of a gallery version and of a shopper's correction, and which may follow which."""

from django.db.models import TextChoices

from autosilo.platform.kit.states import Transitions


class VersionState(TextChoices):
    ORDERED = "ordered", "ordered"
    TRAINING = "training", "training"
    READY = "ready", "ready"
    ACTIVE = "active", "active"
    FAILED = "failed", "failed"


V = VersionState
VERSIONS = Transitions(
    {
        V.ORDERED: frozenset({V.TRAINING, V.FAILED}),
        V.TRAINING: frozenset({V.READY, V.FAILED}),
        V.READY: frozenset({V.ACTIVE}),
        V.ACTIVE: frozenset({V.READY}),
    }
)
UNDER_WAY = (V.ORDERED, V.TRAINING)


class CorrectionState(TextChoices):
    WAITING = "waiting", "waiting"
    ACCEPTED = "accepted", "accepted"
    DECLINED = "declined", "declined"
    WITHDRAWN = "withdrawn", "withdrawn"
    LAPSED = "lapsed", "lapsed"


C = CorrectionState
CORRECTIONS = Transitions(
    {
        C.WAITING: frozenset({C.ACCEPTED, C.DECLINED, C.WITHDRAWN, C.LAPSED}),
        C.ACCEPTED: frozenset({C.WITHDRAWN}),
    }
)
