"""The console's pages about who may drive: refusals to look at, policies to write, try and schedule."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from autosilo.platform.journey.eligibility import scheduled
from autosilo.platform.journey.eligibility.models import EligibilityDecision, Review, ScheduledPolicy
from autosilo.platform.kit import clock
from autosilo.platform.policies import registry
from autosilo.platform.policies.facts import Membership, TrialFacts
from autosilo.platform.policies.records import to_record
from autosilo.platform.resources.notices.models import Notice
from autosilo.platform.resources.people.models import AuditEntry, Person
from autosilo.platform.resources.people.roles import Role
from autosilo.platform.resources.sites.models import Site
from autosilo.platform.resources.sites.queries import zone_of

from .world import model, shop, shopper, signed_in, worker

pytestmark = pytest.mark.django_db

REASON = "The membership was paid for; the payment came late."


@pytest.fixture
def operator() -> Person:
    return worker(Role.OPERATOR)


@pytest.fixture
def client(operator: Person) -> Client:
    return signed_in(operator)


@pytest.fixture
def site() -> Site:
    return next(site for site in shop(cars=0) if site.pk == "shanghai")


def refusal(site: Site, person: Person, *, day: int = 0) -> EligibilityDecision:
    """As the rules of China decide about a basic member."""
    now = clock.now() - timedelta(days=day)
    facts = TrialFacts(
        now=now,
        starts_at=now,
        zone=zone_of(site),
        model=model().pk,
        birth_date=now.date().replace(year=1990, day=1),
        licence_valid_until=now.date() + timedelta(days=900),
        membership=Membership.BASIC,
        price_minor=1,
    )
    policy = registry.named("cn 2026-01")
    assert policy is not None
    record = policy.decide(facts).as_record()
    return EligibilityDecision.objects.create(
        person=person,
        car_model=model(),
        policy=policy.full_name,
        allowed=record["allowed"],
        rules=record["rules"],
        terms=record["terms"],
        facts=to_record(facts),
        at=now,
    )


def review(site: Site, name: str = "Lin", *, due_in: timedelta = timedelta(hours=5)) -> Review:
    person = shopper(name)
    return Review.objects.create(
        person=person,
        car_model=model(),
        site=site,
        decision=refusal(site, person),
        words="I paid yesterday. <b>Really</b>",
        asked_at=clock.now(),
        due_at=clock.now() + due_in,
    )


def cost(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_nothing_waits(client: Client, site: Site) -> None:
    assert 'data-testid="no-reviews"' in client.get("/console/reviews").content.decode()
    assert 'data-testid="no-reviews"' in client.get("/console/reviews?show=decided").content.decode()


def test_the_soonest_due_comes_first_and_an_overdue_one_says_so(client: Client, site: Site) -> None:
    review(site, "Later")
    review(site, "Late", due_in=-timedelta(minutes=1))
    text = client.get("/console/reviews").content.decode()
    assert text.index("Late, l…") < text.index("Later, l…")
    assert text.count('data-testid="review-overdue"') == 1
    assert 'data-testid="reviews-count">2<' in text
    assert "late@shopper.example" not in text


def test_the_list_costs_the_same_at_1_and_at_100_rows(client: Client, site: Site) -> None:
    review(site, "One")
    few = cost(client, "/console/reviews")
    for number in range(99):
        review(site, f"Many{number}")
    assert cost(client, "/console/reviews") == few
    assert cost(client, "/console/reviews?page=3") == few


def test_what_may_be_let_pass_can_be(client: Client, site: Site, operator: Person) -> None:
    row = review(site)
    text = client.get(f"/console/reviews/{row.pk}").content.decode()
    assert 'data-testid="review-overturn"' in text
    assert "&lt;b&gt;Really" in text
    answer = client.post(f"/console/reviews/{row.pk}", {"reason": REASON, "overturn": "yes"})
    assert answer["Location"] == "/console/reviews"
    row.refresh_from_db()
    assert (row.state, row.decided_by, row.reason) == ("overturned", operator, REASON)
    assert Notice.objects.get(kind="review_overturned").person == row.person
    assert AuditEntry.objects.get(action="review_decided").detail["outcome"] == "overturned"
    assert REASON in client.get(f"/console/reviews/{row.pk}").content.decode()
    assert "let pass" in client.get("/console/reviews?show=decided").content.decode()
    assert "review_decided" in client.get("/console/audit").content.decode()


@pytest.mark.parametrize("form", [{}, {"overturn": "yes"}, {"reason": "short", "overturn": "no"}, {"reason": REASON}])
def test_without_a_reason_nothing_is_decided(client: Client, site: Site, form: dict[str, str]) -> None:
    row = review(site)
    assert client.post(f"/console/reviews/{row.pk}", form).status_code == 422
    row.refresh_from_db()
    assert row.state == "open"


def test_a_second_word_comes_too_late(client: Client, site: Site) -> None:
    row = review(site)
    client.post(f"/console/reviews/{row.pk}", {"reason": REASON, "overturn": "no"})
    answer = client.post(f"/console/reviews/{row.pk}", {"reason": REASON, "overturn": "yes"})
    assert answer.status_code == 422
    row.refresh_from_db()
    assert row.state == "upheld"


def test_a_licence_shows_no_button_to_let_it_pass(client: Client, site: Site) -> None:
    row = review(site)
    rules = row.decision.rules
    next(rule for rule in rules if rule["rule"] == "licence")["met"] = False
    EligibilityDecision.objects.filter(pk=row.decision_id).update(rules=rules)
    text = client.get(f"/console/reviews/{row.pk}").content.decode()
    assert 'data-testid="cannot-overturn"' in text
    assert 'data-testid="review-overturn"' not in text
    assert client.post(f"/console/reviews/{row.pk}", {"reason": REASON, "overturn": "yes"}).status_code == 422


def test_technicians_and_auditors_do_not_rule(site: Site) -> None:
    row = review(site)
    for role in (Role.TECHNICIAN, Role.AUDITOR):
        client = signed_in(worker(role))
        for address in (
            "/console/reviews",
            f"/console/reviews/{row.pk}",
            "/console/policies",
            "/console/policies/write",
        ):
            assert client.get(address).status_code == 403


# --- policies ---


def text_of(version: str, *, starts: timedelta = timedelta(days=1)) -> str:
    text = registry.shipped_text("cn-fee 2018-03")
    assert text is not None
    begins = (clock.now() + starts).strftime("%Y-%m-%dT%H:%M:%SZ")
    return text.replace('"2018-03"', f'"{version}"').replace("2018-03-26T00:00:00+08:00", begins)


def test_what_comes_with_the_release_is_listed_and_can_be_copied(client: Client, site: Site) -> None:
    text = client.get("/console/policies").content.decode()
    assert all(f">{policy.full_name}<" in text for policy in registry.POLICIES)
    assert 'data-testid="no-policies"' in text
    copied = client.get("/console/policies/write?shipped=eu+2026-01").content.decode()
    assert "every_refusal" in copied
    assert client.get("/console/policies/write?shipped=../../x&from=999999").status_code == 200


def test_a_policy_is_tried_without_saying_who(client: Client, site: Site) -> None:
    person = shopper()
    for day in range(3):
        refusal(site, person, day=day)
    answer = client.post("/console/policies/write", {"text": text_of("2027"), "days": "2", "try": "yes"})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'data-testid="count-newly_allowed">2<' in text
    assert "CNY 9900 + 300000" in text
    assert person.email not in text
    assert "1990" not in text
    assert not ScheduledPolicy.objects.exists()


def test_trying_on_nothing_says_so(client: Client, site: Site) -> None:
    form = {"text": text_of("2027"), "days": "60", "own_market": "yes", "try": "yes"}
    assert 'data-testid="nothing-tried"' in client.post("/console/policies/write", form).content.decode()


def test_mistakes_are_told_with_their_lines(client: Client, site: Site) -> None:
    form = {"text": text_of("2027").replace("most = 2", "most = 0"), "days": "60", "try": "yes"}
    answer = client.post("/console/policies/write", form)
    assert answer.status_code == 422
    assert "rule.0.most: Input should be greater than or equal to 1" in answer.content.decode()


def test_a_policy_is_scheduled_and_withdrawn(
    client: Client, site: Site, operator: Person, django_capture_on_commit_callbacks: object
) -> None:
    form = {"text": text_of("2027"), "days": "60", "reason": "Spring", "schedule": "yes"}
    assert client.post("/console/policies/write", form)["Location"] == "/console/policies"
    row = ScheduledPolicy.objects.get()
    assert (str(row), row.added_by, row.reason) == ("cn-fee 2027", operator, "Spring")
    text = client.get("/console/policies").content.decode()
    assert "cn-fee 2027" in text
    assert 'data-testid="withdraw-policy"' in text
    client.post(f"/console/policies/{row.pk}/withdraw", {"reason": ""})
    row.refresh_from_db()
    assert row.withdrawn_at is None
    client.post(f"/console/policies/{row.pk}/withdraw", {"reason": "A mistake"})
    row.refresh_from_db()
    assert row.withdrawn_at is not None
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"policy_scheduled", "policy_withdrawn"}


def test_a_policy_needs_a_reason_and_notice(client: Client, site: Site) -> None:
    for form in (
        {"text": text_of("2027"), "reason": ""},
        {"text": text_of("2027", starts=timedelta(minutes=1)), "reason": "Now"},
        {"text": text_of("2018-03"), "reason": "Again"},
    ):
        answer = client.post("/console/policies/write", form | {"days": "60", "schedule": "yes"})
        assert answer.status_code == 422
    assert not ScheduledPolicy.objects.exists()


def test_the_policies_cost_the_same_at_1_and_at_100(client: Client, site: Site, operator: Person) -> None:
    def add(number: int) -> None:
        ScheduledPolicy.objects.create(
            market="hk",
            name="hk",
            version=str(number),
            valid_from=clock.now() + timedelta(days=number),
            text="",
            reason="test",
            added_at=clock.now(),
            added_by=operator,
        )

    add(1)
    few = cost(client, "/console/policies")
    for number in range(2, 101):
        add(number)
    assert cost(client, "/console/policies") == few


# --- the command ---


def command(*words: str) -> str:
    out = StringIO()
    call_command("policy", *words, stdout=out)
    return out.getvalue()


def test_the_command_lists_checks_tries_and_schedules(site: Site, operator: Person, tmp_path, monkeypatch) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text_of("2027"), encoding="utf-8")
    assert "cn-fee 2018-03" in command("list")
    assert "good" in command("check", str(file))
    refusal(site, shopper())
    said = command("try", str(file))
    assert "1 past decisions judged again" in said
    assert "membership" in said
    assert "0 past decisions" in command("try", str(file), "--market", "eu")
    assert "0 past decisions" in command("try", str(file), "--since", "2090-01-01")
    said = command("schedule", str(file), "--by", operator.email.upper(), "--reason", "Spring")
    assert "cn-fee 2027 holds in market cn-fee" in said
    scheduled.forget()
    assert "cn-fee 2027" in command("list")


def test_the_command_says_what_is_wrong(site: Site, tmp_path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text_of("2027").replace("most = 2", "most = 0"), encoding="utf-8")
    with pytest.raises(CommandError, match=r"mine.toml:\d+: rule.0.most"):
        command("check", str(file))
    with pytest.raises(CommandError, match="No such file"):
        command("try", str(tmp_path / "none.toml"))
    file.write_text(text_of("2027"), encoding="utf-8")
    with pytest.raises(CommandError, match="nobody of staff"):
        command("schedule", str(file), "--by", shopper().email, "--reason", "Spring")
    assert not ScheduledPolicy.objects.exists()
