from autosilo.platform.journey.handover.models import Handover
from autosilo.platform.journey.trial.models import Trial


def handover_of(trial: Trial) -> Handover | None:
    return Handover.objects.filter(trial=trial).first()
