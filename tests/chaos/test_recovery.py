"""The recovery policy has an answer to everything that a PLC can say."""

from hypothesis import given
from hypothesis import strategies as st

from autosilo.site.control.recovery import Decision, Failure, Verdict, decide
from autosilo.wire.mailbox import Fault, Reject
from chaos.long_or_short import search

failures = st.one_of(
    st.sampled_from(Reject).map(Failure.reject),
    st.sampled_from(Fault).map(Failure.interruption),
    st.sampled_from(Fault).map(Failure.abort),
)


@given(failures)
@search(examples=300, steps=1)
def test_every_failure_has_one_answer(failure: Failure) -> None:
    decision = decide(failure)
    assert isinstance(decision, Decision)
    assert decision == decide(failure), "it depends on nothing else"
    assert decision.after_s >= 0
    if decision.verdict is Verdict.RETRY:
        assert not decision.reason
    else:
        assert decision.reason, "a person is told why"
        assert decision.after_s == 0


@given(failures)
@search(examples=300, steps=1)
def test_what_a_person_has_to_clear_away_is_never_retried_by_itself(failure: Failure) -> None:
    by_people = {
        *map(Failure.reject, (Reject.NOT_AUTO, Reject.EMERGENCY_STOP, Reject.SOURCE_EMPTY, Reject.DESTINATION_TAKEN)),
        *map(Failure.interruption, set(Fault) - {Fault.NONE, Fault.POWER_LOSS}),
    }
    if failure in by_people:
        assert decide(failure).verdict is not Verdict.RETRY
