"""Pass and face at the kiosk: the pass opens one template, and the face is compared with that one."""

import asyncio
import gc
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from autosilo.site.kiosk.session import KioskSession
from autosilo.wire import held
from autosilo.wire.bus import ForgetVisitor
from autosilo.wire.identity import IdentityMode
from autosilo.wire.passes import read, with_key

TOKEN = "AS1-7K3M-QX2P-90ZT"
CODE = "314159"


class Holder:
    """A visitor whose pass opens the template of face 3."""

    def __init__(self, box: Any, make_order: Any) -> None:
        self.box = box
        self.order = make_order(mode=IdentityMode.PASS_FACE)
        self.pass_key = held.new_key()
        self.order = self.order.model_copy(update={"face": self.sealed(self.order.trial)})
        box.visits.expect(self.order, now=box.clock.now())

    @property
    def shown(self) -> str:
        return with_key(TOKEN, self.pass_key)

    def sealed(self, trial: UUID) -> Any:
        return self.box.make_eye().held_template(3, trial, pass_key=self.pass_key)

    def again(self, **changes: Any) -> None:
        self.order = self.order.model_copy(update={"revision": self.order.revision + 1, **changes})
        self.box.visits.expect(self.order, now=self.box.clock.now())

    def opened(self) -> list[str]:
        return [row["action"] for row in self.box.db.rows("SELECT action FROM access ORDER BY number")]


@pytest.fixture
def holder(box, make_order) -> Holder:
    return Holder(box, make_order)


async def test_pass_then_face_lead_to_the_booking_and_are_told_as_that(box, page, holder) -> None:
    await page.show_pass(holder.shown)
    assert (await page.screen("looking"))["held"] is True
    assert (await page.follow("face:3"))["screen"] == "hello"
    await page.say(t="confirm")
    await page.screen("gate")
    assert box.facts()[0].method == "pass_face"


async def test_without_the_pass_the_face_is_nobody_s_and_nothing_was_opened(page, holder) -> None:
    await page.say(t="face")
    await page.screen("looking")
    await page.film(b"face:3", 12)
    assert (await page.screen("refused"))["reason"] == "unknown_face"
    assert "templates_opened" not in holder.opened()


async def test_another_face_with_this_pass_is_refused_and_the_code_still_decides(box, page, holder) -> None:
    await page.show_pass(holder.shown)
    await page.screen("looking")
    await page.film(b"face:4", 12)
    refused = await page.screen("refused")
    assert (refused["reason"], refused["held"]) == ("unknown_face", True)
    assert box.facts()[-1].trial == holder.order.trial
    await page.say(t="confirm")
    await page.say(t="code_screen")
    await page.screen("code")
    await page.say(t="code", code=CODE)
    await page.screen("hello")
    await page.say(t="confirm")
    await page.screen("gate")
    assert next(fact for fact in box.facts() if fact.kind == "visitor_identified").method == "pass"


async def test_who_is_only_alike_types_the_code(page, holder) -> None:
    await page.show_pass(holder.shown)
    await page.screen("looking")
    assert (await page.follow("like:3"))["screen"] == "code"


async def test_who_would_rather_type_the_code_may(page, holder) -> None:
    await page.show_pass(holder.shown)
    await page.screen("looking")
    await page.say(t="code_screen")
    await page.screen("code")


async def test_the_pass_without_its_key_goes_on_to_the_code(page, holder) -> None:
    await page.show_pass(TOKEN)
    await page.screen("code")
    assert holder.opened() == ["template_received"]


@pytest.mark.parametrize("wrong", ["another_key", "another_visit", "altered"])
async def test_what_does_not_open_leaves_the_code(page, holder, wrong) -> None:
    shown = holder.shown
    if wrong == "another_key":
        shown = with_key(TOKEN, held.new_key())
    elif wrong == "another_visit":
        holder.again(face=holder.sealed(UUID(int=7)))
    else:
        face = holder.order.face
        holder.again(face=face.model_copy(update={"content": "AAAA" + face.content[4:]}))
    await page.show_pass(shown)
    await page.screen("code")
    assert holder.opened()[-1] == "template_stayed_shut"


async def test_an_old_enrolment_s_pass_does_not_open_the_new_template(page, holder) -> None:
    old = holder.shown
    holder.pass_key = held.new_key()
    holder.again(face=holder.sealed(holder.order.trial))
    await page.show_pass(old)
    await page.screen("code")


async def test_a_consent_withdrawn_meanwhile_ends_it(page, holder) -> None:
    await page.show_pass(holder.shown)
    await page.screen("looking")
    holder.again(face=None, mode=IdentityMode.PASS_CODE)
    assert (await page.follow("face:3"))["screen"] == "refused"


@pytest.mark.parametrize("opens", [True, False])
async def test_who_goes_home_while_the_template_is_opened_leaves_nothing(box, page, holder, monkeypatch, opens) -> None:
    may_go_on, sessions = asyncio.Event(), []
    really = box.gatekeeper.open_held

    async def slowly(trial: UUID, *, pass_key: bytes) -> Any:
        sessions.append(await really(trial, pass_key=pass_key if opens else held.new_key()))
        await may_go_on.wait()
        return sessions[0]

    monkeypatch.setattr(box.gatekeeper, "open_held", slowly)
    session = KioskSession(desk=box.desk, send=(shown := []).append, address="here")
    await session.said({"t": "hello", "kiosk": "k2"})
    await session.said({"t": "pass_screen"})
    opening = asyncio.create_task(session.said({"t": "pass", "token": holder.shown}))
    while not sessions:
        await asyncio.sleep(0.005)
    await session.said({"t": "home"})
    may_go_on.set()
    await opening
    assert [one["screen"] for one in shown if one["t"] == "screen"] == ["welcome", "pass", "welcome"]
    assert not opens or sessions[0]._evidence.templates == {}
    await session.close()


async def test_code_is_reached_by_no_other_way_than_a_pass(page, holder) -> None:
    await page.say(t="code_screen")
    await page.say(t="face")
    await page.screen("looking")
    await page.say(t="code_screen")
    await page.film(b"face:4", 12)
    assert (await page.screen("refused"))["held"] is False


async def test_the_site_reads_no_template_before_the_pass_nor_after_the_visit(box, page, holder, soon) -> None:
    """With its own key, its own file, and even with a copy of the file that was made during the visit."""
    trial, face = holder.order.trial, holder.box.make_eye().person(3)
    before = box.visits.held_template(trial)
    assert await box.gatekeeper.open_held(trial, pass_key=held.new_key()) is None
    await page.show_pass(holder.shown)
    await page.screen("looking")
    assert (await page.follow("face:3"))["screen"] == "hello"
    box.visits.forget(ForgetVisitor(trial=trial, reason="cancelled"), now=box.clock.now())
    assert box.visits.held_template(trial) is None
    assert await box.gatekeeper.open_held(trial, pass_key=holder.pass_key) is None
    raw = b"".join(one.read_bytes() for one in box.path.parent.iterdir())
    letters = holder.shown.rsplit("-", 1)[1]
    for trace in (holder.pass_key, holder.pass_key.hex().encode(), letters.encode(), face.tobytes()):
        assert trace not in raw
    assert before.content.encode() not in raw, "nor is what was sealed there any more"
    gc.collect()
    kept = [one for one in gc.get_objects() if type(one) is np.ndarray and one.tobytes() == face.tobytes()]
    assert not kept, "no session holds what it opened"
    await page.show_pass(holder.shown)
    assert (await page.until("note"))["note"] == "unknown_pass"
    assert read(holder.shown).key == holder.pass_key
