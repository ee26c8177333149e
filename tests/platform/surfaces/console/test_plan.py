"""The planning page: sliders, and what a simulated site says."""

import re
import subprocess
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from autosilo.platform.resources.people.roles import Role
from autosilo.platform.surfaces.console import planning

from .browsing import in_thread
from .world import PASSWORD, code_of, shop, signed_in, worker

WISH = {"lifts": 2, "floors": 8, "delivery_bays": 2, "cars": 60, "chargers": 0, "pickups": 12, "booked": 60}
ANSWER = f"/console/plan/shanghai?{urlencode(WISH)}"


@pytest.fixture
def operator(db: None) -> Client:
    shop(cars=4)
    return signed_in(worker(Role.OPERATOR))


def test_the_sliders_stand_where_the_site_is(operator: Client) -> None:
    text = operator.get("/console/plan?site=shanghai").content.decode()
    for name, value in (("lifts", 2), ("floors", 8), ("delivery_bays", 2), ("cars", 4)):
        assert re.search(rf'<input type="range" name="{name}" value="{value}"', text), name
    assert "style=" not in text


def test_the_answer_is_a_simulation_of_this_design(operator: Client) -> None:
    response = operator.get(ANSWER)
    assert response.status_code == 200
    text = response.content.decode()
    assert text.count("<svg") == 5, "waits, cars in bays, delivery bays, two racks"
    assert "style=" not in text
    assert re.search(r'data-testid="plan-p95">\d+ s<', text)


def test_a_design_is_compared_with_its_neighbours_by_cost_and_service(
    operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "DAYS", 2)
    response = operator.get(ANSWER.replace("?", "/neighbours?"))
    assert response.status_code == 200
    text = response.content.decode()
    assert text.count("<svg") == 1
    assert "style=" not in text
    rows = re.findall(r'<th scope="row" class="nowrap">(\d)(.*?)</th>\s*<td>(\d+)</td>', text)
    assert {(int(lifts), int(bays) // int(lifts)) for lifts, _, bays in rows} == {
        (lifts, bays) for lifts in (1, 2, 3) for bays in (1, 2, 3)
    }
    assert [(lifts, bays) for lifts, words, bays in rows if "as above" in words] == [("2", "4")]
    assert re.search(r'data-testid="plan-advice">\w', text)


def test_what_cannot_be_compared_is_said(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(command: list[str], **_options: Any) -> Any:
        return subprocess.CompletedProcess(command, 2, stdout="", stderr="autosilo plan: no such tower")

    monkeypatch.setattr(planning.subprocess, "run", fails)
    response = operator.get(ANSWER.replace("?", "/neighbours?"))
    assert response.status_code == 422
    assert "no such tower" in response.content.decode()
    assert operator.get(ANSWER.replace("?", "/neighbours?").replace("lifts=2", "lifts=0")).status_code == 422


def test_too_many_cars_for_the_bays_show_as_refused_returns(operator: Client) -> None:
    crowded = operator.get(ANSWER.replace("cars=60", "cars=200")).content.decode()
    found = re.search(r'data-testid="plan-refused-returns">(\d+) %', crowded)
    assert found
    assert int(found[1]) > 5
    assert "does not keep the promise" in crowded


def test_the_answer_speaks_the_readers_language(operator: Client) -> None:
    operator.cookies["django_language"] = "zh-hans"
    text = operator.get(ANSWER).content.decode()
    assert "等待时间" in text
    assert "一天中的在库车辆" in text


@pytest.mark.parametrize("wrong", ["lifts=0", "lifts=99", "lifts=x", "booked=101"])
def test_a_slider_beyond_its_end_is_refused(operator: Client, wrong: str) -> None:
    name = wrong.partition("=")[0]
    response = operator.get(ANSWER.replace(f"{name}={WISH[name]}", wrong))
    assert response.status_code == 422
    assert "plan-refused" in response.content.decode()


def test_a_simulation_that_takes_too_long_is_ended_and_said_so(
    operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_args: Any, **options: Any) -> None:
        raise subprocess.TimeoutExpired("autosilo", options["timeout"])

    monkeypatch.setattr(planning.subprocess, "run", slow)
    response = operator.get(ANSWER)
    assert response.status_code == 422
    assert "takes too long" in response.content.decode()
    monkeypatch.undo()
    assert operator.get(ANSWER).status_code == 200, "the next one is not held up"


def test_one_answer_at_a_time(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "PATIENCE_S", 0.0)
    with planning._ONE_AT_A_TIME:
        response = operator.get(ANSWER)
    assert response.status_code == 422
    assert "Somebody else" in response.content.decode()


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.AUDITOR])
def test_planning_is_the_operators_business(db: None, role: Role) -> None:
    shop()
    client = signed_in(worker(role))
    assert client.get("/console/plan").status_code == 403
    assert client.get(ANSWER).status_code == 403
    assert client.get(ANSWER.replace("?", "/neighbours?")).status_code == 403
    assert b"nav-plan" not in client.get("/console/audit").content


def test_a_site_that_does_not_exist_is_not_planned(operator: Client) -> None:
    assert operator.get("/console/plan?site=atlantis").status_code == 404
    assert operator.get(ANSWER.replace("shanghai", "atlantis")).status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_slider_is_moved_and_the_answer_follows(page: Page) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    key = in_thread(_world)
    page.goto("/console/plan?site=shanghai")
    page.get_by_label("E-mail").fill("operators@staff.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("One-time code").fill(code_of(key))
    page.get_by_test_id("login-submit").click()

    expect(page.get_by_test_id("plan-mean")).to_be_visible()
    racks = page.locator(".plan-racks figure")
    expect(racks).to_have_count(2)
    slider = page.get_by_label("Lifts")
    slider.focus()
    slider.press("ArrowRight")
    expect(page.get_by_test_id("plan-lifts-value")).to_have_text("3")
    expect(racks).to_have_count(3)
    page.get_by_test_id("plan-compare-go").click()
    expect(page.get_by_test_id("plan-compare").locator("svg")).to_be_visible(timeout=60_000)
    expect(page.get_by_test_id("plan-compared")).to_have_count(9)
    assert complaints == []


def _world() -> Any:
    shop(cars=30)
    return worker(Role.OPERATOR).totpdevice_set.get()
