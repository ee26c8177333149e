"""The kiosk's server and session through its real WebSocket."""

import io
from datetime import timedelta
from typing import Any

import pytest
import segno
from aiohttp import WSServerHandshakeError
from PIL import Image

from autosilo.wire.bus import ShiftClock
from autosilo.wire.gate import GatePrompt

TOKEN = "AS1-7K3M-QX2P-90ZT"
CODE = "314159"
VIN = "LSVAA4187E2123456"


async def test_pages_carry_a_strict_policy(client) -> None:
    answer = await client.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    text = await answer.text()
    assert "<style" not in text
    assert " style=" not in text
    for path in (
        "/favicon.ico",
        "/static/js/app.js",
        "/static/tower.js",
        "/static/app.css",
        "/static/i18n/zh-hans.json",
    ):
        assert (await client.get(path)).status == 200


async def test_both_languages_say_everything(client) -> None:
    english = await (await client.get("/static/i18n/en.json")).json()
    chinese = await (await client.get("/static/i18n/zh-hans.json")).json()
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        wanted = {part.split("}")[0] for part in text.split("{")[1:]}
        given = {part.split("}")[0] for part in chinese[key].split("{")[1:]}
        assert wanted == given, key


async def test_supervisors_are_answered(client, box) -> None:
    assert (await client.get("/healthz")).status == 200
    assert (await client.get("/readyz")).status == 200
    box.tower.connected = False
    answer = await client.get("/readyz")
    assert (answer.status, (await answer.json())["missing"]) == (503, ["plc"])
    metrics = await (await client.get("/metrics")).text()
    assert "autosilo_site_visits 1.0" in metrics
    assert 'autosilo_spent_seconds_total{part="vision"}' in metrics
    geometry = await (await client.get("/geometry.json")).json()
    assert geometry["floors"] == 8
    assert geometry["lifts"][0]["stations"][0] == {
        "name": "L1.D1",
        "role": "delivery",
        "column": 1.0,
        "airlock": True,
    }


async def test_another_site_may_not_open_the_socket(client) -> None:
    with pytest.raises(WSServerHandshakeError, match="403"):
        await client.ws_connect("/ws", headers={"Origin": "https://elsewhere.example"})


async def test_pass_and_code_lead_to_the_booking_and_the_car(box, page) -> None:
    box.expect()
    await page.enter()
    hello = await page.screen("hello")
    assert (hello["purpose"], hello["greeting"], hello["car"]["model"]) == ("collect", "Mei", "Zeekr 001")
    await page.say(t="confirm")
    gate = await page.screen("gate")
    assert gate["station"] == "L1.D1"
    assert "greeting" not in gate
    await box.tower.drive_out(VIN)
    await page.screen("done")
    assert box.facts()[0].method == "pass"


async def test_a_pass_held_before_the_camera_is_read(box, page) -> None:
    box.expect()
    code = io.BytesIO()
    segno.make(TOKEN).save(code, kind="png", scale=6)
    picture = Image.new("RGB", (640, 480), "grey")
    picture.paste(Image.open(code).convert("RGB"), (180, 120))
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG")
    await page.say(t="pass_screen")
    await page.screen("pass")
    await page.film(jpeg.getvalue())
    await page.screen("code")


async def test_a_face_leads_to_the_booking(box, page, make_order) -> None:
    one = make_order()
    box.visits.expect(one.model_copy(update={"face": _eye(box).template(3, one.trial)}), now=box.clock.now())
    await page.say(t="face")
    await page.screen("looking")
    assert (await page.follow("face:3"))["screen"] == "hello"
    await page.say(t="confirm")
    await page.screen("gate")
    assert box.facts()[0].method == "face"


async def test_a_consent_withdrawn_before_the_camera_ends_the_face_way_at_once(box, page, make_order) -> None:
    one = make_order()
    box.visits.expect(one.model_copy(update={"face": _eye(box).template(3, one.trial)}), now=box.clock.now())
    await page.say(t="face")
    await page.screen("looking")  # its template is opened
    box.visits.expect(one.model_copy(update={"revision": one.revision + 1}), now=box.clock.now())
    refused = await page.follow("face:3")
    assert (refused["screen"], refused["reason"]) == ("refused", "unknown_face")
    await page.say(t="confirm")
    assert box.kinds() == ["visitor_refused"], "whose face it was is not used any more"
    assert box.facts()[-1].trial is None
    await page.enter()
    await page.screen("hello")


async def test_a_stranger_is_refused_and_offered_the_pass(box, page, make_order) -> None:
    one = make_order()
    box.visits.expect(one.model_copy(update={"face": _eye(box).template(3, one.trial)}), now=box.clock.now())
    await page.say(t="face")
    await page.screen("looking")
    await page.film(b"face:4", 12)
    assert (await page.screen("refused"))["reason"] == "unknown_face"
    fact = box.facts()[-1]
    assert (fact.kind, fact.reason, fact.trial) == ("visitor_refused", "unknown_face", None)
    await page.say(t="confirm")
    await page.enter()
    await page.screen("hello")


async def test_who_is_only_alike_is_asked_for_the_pass_too(box, page, make_order) -> None:
    one = make_order()
    box.visits.expect(one.model_copy(update={"face": _eye(box).template(3, one.trial)}), now=box.clock.now())
    await page.say(t="face")
    await page.screen("looking")
    asked = await page.follow("like:3")
    assert (asked["screen"], asked["second_factor"]) == ("pass", True)
    await page.say(t="confirm")
    await page.enter()
    await page.screen("hello")
    assert box.kinds() == [], "a doubt is no refusal"


async def test_whoever_does_not_move_is_refused_in_the_end(box, page, make_order, monkeypatch) -> None:
    monkeypatch.setattr("autosilo.vision.presence.session.STEP_LIMIT_S", 0.6)
    one = make_order()
    box.visits.expect(one.model_copy(update={"face": _eye(box).template(3, one.trial)}), now=box.clock.now())
    await page.say(t="face")
    await page.screen("looking")
    refused = await page.follow("face:3", deaf=True)
    assert (refused["screen"], refused["reason"]) == ("refused", "timed_out")


async def test_a_prompt_is_a_message_of_its_version(box, page, make_order) -> None:
    one = make_order()
    box.visits.expect(one.model_copy(update={"face": _eye(box).template(3, one.trial)}), now=box.clock.now())
    await page.say(t="face")
    await page.screen("looking")
    await page.film(b"face:3", 3)
    prompt = GatePrompt.model_validate(await page.until("gate", prompt="look"))
    assert (prompt.v, prompt.done, prompt.left_s) == (1, 0, None)


@pytest.mark.parametrize(("hours", "reason"), [(5, "too_early"), (-5, "too_late")])
async def test_who_comes_at_another_time_of_the_day_hears_the_time_and_no_name(
    box, page, make_order, hours, reason
) -> None:
    opens = box.clock.now() + timedelta(hours=hours)
    one = make_order(collect_from=opens, collect_until=opens + timedelta(hours=1))
    box.visits.expect(one.model_copy(update={"face": _eye(box).template(3, one.trial)}), now=box.clock.now())
    await page.say(t="face")
    await page.screen("looking")
    refused = await page.follow("face:3")
    assert (refused["reason"], refused["since"]) == (reason, opens.isoformat())
    assert refused.keys() == {"t", "screen", "reason", "since", "until", "line"}
    assert (box.facts()[-1].reason, box.facts()[-1].trial) == (reason, one.trial)
    await page.say(t="confirm")
    await page.say(t="home")
    await page.screen("welcome")
    assert box.kinds() == ["visitor_refused"], "being recognised opens nothing"


async def test_frames_of_another_session_are_not_looked_at(box, page, make_order) -> None:
    one = make_order()
    box.visits.expect(one.model_copy(update={"face": _eye(box).template(3, one.trial)}), now=box.clock.now())
    await page.say(t="face")
    await page.screen("looking")
    page.nonce = bytes(16)
    await page.film(b"face:3", 5)
    await page.say(t="home")
    await page.screen("welcome")
    assert box.kinds() == []


async def test_five_wrong_codes_lock_and_call_a_person(box, page) -> None:
    trial = box.expect().trial
    await page.enter("000000")
    for left in (4, 3, 2, 1):
        assert (await page.until("note"))["left"] == left
        await page.say(t="code", code="000000")
    assert (await page.screen("refused"))["reason"] == "locked"
    assert box.kinds() == ["visitor_refused"] * 4 + ["help_wanted", "visitor_refused"]
    assert box.facts()[4].trial == trial
    await page.show_pass()
    assert (await page.screen("refused"))["reason"] == "locked"


async def test_an_unknown_pass_is_told_so_and_tries_are_limited(page) -> None:
    await page.show_pass("AS1-0000-0000-0000")
    assert (await page.until("note"))["note"] == "unknown_pass"
    for _ in range(12):
        await page.say(t="pass", token="AS1-0000-0000-0000")
    assert (await page.screen("refused"))["reason"] == "too_many_tries"


@pytest.mark.parametrize(("days", "reason"), [(2, "too_early"), (-2, "too_late")])
async def test_early_and_late_are_told_the_times(box, page, days, reason) -> None:
    since = box.clock.now() + timedelta(days=days)
    box.expect(collect_from=since, collect_until=since + timedelta(hours=1))
    await page.enter()
    refusal = await page.screen("refused")
    assert (refusal["reason"], refusal["since"]) == (reason, since.isoformat())


async def test_the_demo_clock_brings_the_time_nearer(box, page) -> None:
    since = box.clock.now() + timedelta(days=2)
    box.expect(collect_from=since, collect_until=since + timedelta(hours=1))
    box.clock.shift(ShiftClock(offset_s=2 * 86400 + 60))
    await page.enter()
    await page.screen("hello")


async def test_a_reload_shows_the_visit_again_and_others_see_welcome(box, page, client, make_page) -> None:
    box.expect()
    box.tower.slow()
    await page.enter()
    await page.screen("hello")
    await page.say(t="confirm")
    await page.screen("coming")
    async with client.ws_connect("/ws") as socket:
        reloaded = make_page(socket)
        await reloaded.say(t="hello", kiosk="k1")
        assert (await reloaded.screen("coming"))["car"]["vin"] == VIN
    async with client.ws_connect("/ws") as socket:
        other = make_page(socket)
        await other.say(t="hello", kiosk="k2")
        await other.screen("welcome")


async def test_the_next_visitor_sees_nothing_of_the_last(box, page, soon) -> None:
    trial = box.expect().trial
    box.tower.slow()
    await page.enter()
    await page.screen("hello")
    await page.say(t="confirm")
    await page.screen("coming")
    await page.say(t="home")
    await page.screen("welcome")
    box.tower.may_move.set()
    await soon(lambda: box.visits.find(trial).at_gate)
    await page.say(t="confirm")
    await page.say(t="code", code=CODE)
    await page.say(t="help")
    assert (await page.until("note"))["note"] == "help_called"
    assert box.facts()[-1].trial is None


async def test_nothing_is_begun_that_was_not_recognised(box, page) -> None:
    box.expect()
    await page.say(t="confirm")
    await page.show_pass()
    await page.screen("code")
    await page.say(t="confirm")
    await page.say(t="code", code="12x456")
    assert (await page.until("note"))["note"] == "code_form"
    assert box.kinds() == []


async def test_rubbish_does_no_harm(page) -> None:
    await page.socket.send_str("not json")
    await page.socket.send_str("[1, 2]")
    await page.socket.send_bytes(b"")
    await page.say(t="nonsense")
    await page.say(t="home")
    await page.screen("welcome")


async def test_help_is_called_once_a_minute(box, page) -> None:
    for _ in range(3):
        await page.say(t="help")
        await page.until("note")
    assert box.kinds() == ["help_wanted"]


async def test_a_call_that_cannot_go_out_is_not_said_to_have_been_heard(box, page) -> None:
    box.line_up = False
    for _ in range(2):
        await page.say(t="help")
        assert (await page.until("note"))["note"] == "help_waits"
    assert box.kinds() == ["help_wanted"], "kept once"
    box.line_up = True
    box.outbox.sent(box.outbox.oldest()[0])
    assert (await page.until("note"))["note"] == "help_called", "said by itself"


async def test_a_call_that_went_out_before_the_line_broke_is_known(box, page) -> None:
    await page.say(t="help")
    assert (await page.until("note"))["note"] == "help_called"
    box.outbox.sent(box.outbox.oldest()[0])
    box.line_up = False
    await page.say(t="help")
    assert (await page.until("note"))["note"] == "help_known"


async def test_live_frames_reach_the_page(box, page) -> None:
    box.kiosks.show(box.tower.snapshot())
    frame = (await page.until("live"))["frame"]
    assert frame["bays"]["L1.B0102"] == VIN


def _eye(box) -> Any:
    return box.make_eye()
