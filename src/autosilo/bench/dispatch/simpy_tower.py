"""The same tower in ``simpy``, first come, first served: what a general simulation library makes of it.

No policy, no storage rules, no bookings, no charging: a car that is asked for is brought down by its lift when its turn
comes, stands in a delivery bay until its driver has left, and a car that comes back is put into the nearest free bay.
"""

import time
from collections.abc import Generator
from typing import Any

import simpy

from autosilo.bench.dispatch.one_year import FLOORS, LIFTS, SECTORS, asked
from autosilo.bench.dispatch.whole_day_tower import OPENING, tower
from autosilo.planner.draws import People, draw_people
from autosilo.planner.machine import Machine

Process = Generator[simpy.Event, Any, None]


class _Tower:
    def __init__(self, machine: Machine, people: People) -> None:
        self.machine, self.people = machine, people
        self.env = simpy.Environment()
        self.lifts = [simpy.Resource(self.env) for _ in range(machine.lifts)]
        self.deliveries = simpy.Resource(self.env, len(machine.deliveries))
        self.at = [machine.deliveries[0]] * machine.lifts
        bays = range(machine.bay_count)
        self.taken = [bay for bay in bays if bay % 4]
        self.free = sorted((bay for bay in bays if not bay % 4), reverse=True)
        self.events = 0

    def people_come(self) -> Process:
        for number, due in enumerate(self.people.due):
            yield self.env.timeout(due - self.env.now)
            self.events += 1
            if self.taken:
                index = int(self.people.which[number] * len(self.taken))
                self.taken[index], self.taken[-1] = self.taken[-1], self.taken[index]
                self.env.process(self.pick_up(number, self.taken.pop()))

    def pick_up(self, number: int, bay: int) -> Process:
        with self.deliveries.request() as station:
            yield station
            self.events += 1
            yield from self.move(self.machine.lift_of_bay[bay], bay, self.machine.deliveries[0])
            self.free.append(bay)
            yield self.env.timeout(self.people.dwell[number])
            self.events += 1
        yield self.env.timeout(self.people.away[number])
        self.events += 1
        yield self.env.timeout(self.people.intake[number])
        self.events += 1
        if self.free:
            back = self.free.pop()
            yield from self.move(self.machine.lift_of_bay[back], self.machine.intakes[0], back)
            self.taken.append(back)

    def move(self, lift: int, source: int, destination: int) -> Process:
        with self.lifts[lift].request() as turn:
            yield turn
            self.events += 1
            times = self.machine.times[lift]
            yield self.env.timeout(times.move_s(self.at[lift], source, destination))
            self.events += 1
            self.at[lift] = destination


def run(*, days: int, seed: int) -> tuple[int, float]:
    """(events, seconds of processor time); an event is each time that a process goes on."""
    begun = time.process_time()
    machine = tower(lifts=LIFTS, floors=FLOORS, sectors=SECTORS)
    plan = _Tower(machine, draw_people(asked(), OPENING, first_day=0, days=days, seed=(seed, 1)))
    plan.env.process(plan.people_come())
    plan.env.run(until=days * 86_400.0)
    return plan.events, time.process_time() - begun
