"""Who is served next: first come, first served, and everybody's turn comes."""

from autosilo.site.control.dispatcher import COUNTS_LATER_S, Kind, Option, Request, Start, decide


def way(lift: str = "L1", to: str = "L1.D1", seconds: float = 60.0) -> Option:
    return Option(lift, "L1.B0101", to, seconds)


def request(job: int, *options: Option, kind: Kind = Kind.RETRIEVE, since: float = 0.0) -> Request:
    return Request(job, kind, since, options or (way(),))


def jobs(starts: tuple[Start, ...]) -> list[int]:
    return [one.request.job for one in starts]


def test_who_came_first_goes_first() -> None:
    queue = [request(2, since=5.0), request(1, since=9.0), request(3, since=1.0)]
    assert jobs(decide(queue, {"L1"})) == [3]


def test_each_free_lift_begins_one_job_and_no_two_want_the_same_place() -> None:
    queue = [
        request(1, way("L1", "L1.D1"), way("L1", "L1.D2", 61.0), since=1.0),
        request(2, way("L2", "L1.D1"), way("L2", "L1.D2", 61.0), since=2.0),
        request(3, way("L1", "L1.D2"), since=3.0),
    ]
    starts = decide(queue, {"L1", "L2"})
    assert [(one.request.job, one.option.lift, one.option.destination) for one in starts] == [
        (1, "L1", "L1.D1"),
        (2, "L2", "L1.D2"),
    ]


def test_who_cannot_be_served_now_keeps_nobody_waiting() -> None:
    blocked = Request(1, Kind.RETRIEVE, 0.0, ())
    assert jobs(decide([blocked, request(2, way("L2"), since=1.0), request(3, since=2.0)], {"L1"})) == [3]
    assert decide([blocked], {"L1"}) == ()


def test_the_quickest_way_is_taken() -> None:
    (start,) = decide([request(1, way(to="L1.D1", seconds=70.0), way(to="L1.D2", seconds=50.0))], {"L1"})
    assert start.option.destination == "L1.D2"


def test_a_driver_who_waits_goes_before_a_car_whose_driver_has_left() -> None:
    store = request(1, way(to="L1.B0101"), kind=Kind.STORE, since=0.0)
    soon = request(2, since=COUNTS_LATER_S[Kind.STORE] - 1.0)
    assert jobs(decide([store, soon], {"L1"})) == [2]


def test_but_everybodys_turn_comes() -> None:
    for kind, seconds in COUNTS_LATER_S.items():
        old = request(1, kind=kind, since=0.0)
        late = request(2, since=seconds + 1.0)
        assert jobs(decide([late, old], {"L1"})) == [1]
