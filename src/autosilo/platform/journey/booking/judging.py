"""The rules once more for a trial that is to be another: of another time, or another model."""

from dataclasses import replace
from datetime import datetime

from autosilo.platform.journey.eligibility import queries as eligible
from autosilo.platform.journey.trial.models import Trial
from autosilo.platform.policies.decision import Decision
from autosilo.platform.policies.facts import TrialFacts
from autosilo.platform.policies.policy import Policy
from autosilo.platform.policies.registry import policy_for
from autosilo.platform.resources.catalogue.models import CarModel


class Judge:
    """What the rules that hold now say of a trial, which is not counted against itself. Seven queries when made, none
    afterwards."""

    def __init__(self, trial: Trial, *, now: datetime) -> None:
        self._policy: Policy = policy_for(trial.site.market, now)
        self._facts = self._read(trial, now)

    def decide(self, car_model: CarModel, starts_at: datetime) -> Decision:
        """What a person let pass, they let pass for the booked model only."""
        return self._policy.decide(self.facts(car_model, starts_at))

    def facts(self, car_model: CarModel, starts_at: datetime) -> TrialFacts:
        if car_model.pk == self._facts.model:
            return replace(self._facts, starts_at=starts_at)
        price = car_model.price_minor if car_model.currency == self._policy.currency else None
        return replace(self._facts, starts_at=starts_at, model=car_model.pk, price_minor=price, waived=())

    def _read(self, trial: Trial, now: datetime) -> TrialFacts:
        threshold, check = self._policy.credit_threshold, None
        if threshold is not None:
            check = eligible.credit_check(person=trial.person, threshold=threshold, now=now)
        facts = eligible.facts_of(
            person=trial.person,
            car_model=trial.car_model,
            site=trial.site,
            starts_at=trial.slot_start,
            check=check,
            currency=self._policy.currency,
            now=now,
        )
        others = Trial.objects.filter(person=trial.person).exclude(pk=trial.pk)
        return replace(facts, earlier=eligible.as_earlier(others))
