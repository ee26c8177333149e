from autosilo.platform.journey.returns.models import CarReturn
from autosilo.platform.journey.trial.models import Trial


def return_of(trial: Trial) -> CarReturn | None:
    return CarReturn.objects.filter(trial=trial).first()
