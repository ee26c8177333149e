import asyncio
from datetime import timedelta

import pytest

from autosilo.site.visits.codes import LOCK, TRIES, Locked, WrongCode, check_code
from autosilo.wire.passes import NotAPass, normalise, token_digest

RIGHT = "314159"


async def test_the_right_code_is_right_and_clears_the_count(box) -> None:
    visit = box.visits.find(box.expect().trial)
    now = box.clock.now()
    assert await check_code(box.visits, visit, "000000", now=now) == WrongCode(left=TRIES - 1)
    assert await check_code(box.visits, visit, RIGHT, now=now) == "right"
    assert box.visits.find(visit.trial).wrong_codes == 0


async def test_five_wrong_codes_lock_the_pass_for_a_quarter_of_an_hour(box) -> None:
    visit = box.visits.find(box.expect().trial)
    now = box.clock.now()
    answers = [await check_code(box.visits, visit, "000000", now=now) for _ in range(TRIES)]
    assert answers[:-1] == [WrongCode(left=left) for left in (4, 3, 2, 1)]
    assert answers[-1] == Locked(until=now + LOCK, just_now=True)
    assert await check_code(box.visits, visit, RIGHT, now=now) == Locked(until=now + LOCK, just_now=False)
    assert await check_code(box.visits, visit, RIGHT, now=now + LOCK) == "right"


async def test_the_last_try_may_still_be_right(box) -> None:
    visit = box.visits.find(box.expect().trial)
    now = box.clock.now()
    for _ in range(TRIES - 1):
        await check_code(box.visits, visit, "000000", now=now)
    assert await check_code(box.visits, visit, RIGHT, now=now) == "right"
    assert box.visits.find(visit.trial).locked_until is None


async def test_guessing_in_parallel_gains_nothing(box) -> None:
    visit = box.visits.find(box.expect().trial)
    now = box.clock.now()
    answers = await asyncio.gather(*(check_code(box.visits, visit, f"{code:06d}", now=now) for code in range(12)))
    assert sum(isinstance(answer, WrongCode) for answer in answers) == TRIES - 1
    assert sum(isinstance(answer, Locked) for answer in answers) == 12 - (TRIES - 1)


async def test_a_lock_lasts_through_a_restart(box, make_box) -> None:
    visit = box.visits.find(box.expect().trial)
    now = box.clock.now()
    for _ in range(TRIES):
        await check_code(box.visits, visit, "000000", now=now)
    again = make_box(box.path, box.tower)
    answer = await check_code(again.visits, visit, RIGHT, now=now + timedelta(minutes=1))
    assert isinstance(answer, Locked)
    again.db.close()


@pytest.mark.parametrize("typed", ["AS1-7K3M-QX2P-90ZT", "as1 7k3m qx2p 9ozt", "ASI-7K3M-QX2P-9OZT", "AS17K3MQX2P90ZT"])
def test_what_people_type_is_folded(typed: str) -> None:
    assert normalise(typed) == "AS17K3MQX2P90ZT"
    assert token_digest(typed) == token_digest("AS1-7K3M-QX2P-90ZT")


@pytest.mark.parametrize("typed", ["", "AS1-7K3M", "AS2-7K3M-QX2P-90ZT", "AS1-7K3M-QX2P-90ZTX", "AS1-UUUU-QX2P-90ZT"])
def test_other_texts_are_no_pass(typed: str) -> None:
    with pytest.raises(NotAPass):
        normalise(typed)
