"""python -m benchmarks.cluster: a simulation of `predict --engine ray` on many machines, where things go wrong.

No cluster is used. Actors take batches from one queue; a picture is ready when its host has let it in and sent it, at
most four pictures ahead of the one that is read; then its reading takes a CPU. A machine that is lost throws back the
batches of its actors and is replaced. What is assumed stands in `Assumptions` and is printed with the result: the mean
CPU seconds of a picture are measured (docs/scale.md), the rest are guesses to be replaced by what you know.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from extractor.run.cluster.options import BATCH_PICTURES
from extractor.run.cluster.pictures import GOT_AHEAD
from extractor.sources.limits import HostLimits

HOUR = 3600.0
PICTURES, MACHINES, ACTORS, CPU_SECONDS = 400_000, 10, 15, 0.37


@dataclass(frozen=True, slots=True)
class Assumptions:
    """A cluster, its pictures and what goes wrong (times in seconds).

    Reading takes `cpu_seconds` in the mean, log-normal with `spread` (of the logarithm); a share `stuck` of pictures
    takes the limit of 180. Of the machines a share `slow_machines` is `slow_factor` times as slow. A machine is lost
    `losses` times an hour, and replaced after `replaced`. Pictures are on `hosts` hosts, the i-th with a share
    like 1 / i; a share `slow_hosts` of the hosts takes `slow_fetch` for a picture, the others `fetch`.
    """

    pictures: int = PICTURES
    machines: int = MACHINES
    actors: int = ACTORS
    batch: int = BATCH_PICTURES
    cpu_seconds: float = CPU_SECONDS
    spread: float = 0.6
    stuck: float = 0.0
    slow_machines: float = 0.0
    slow_factor: float = 2.0
    losses: float = 0.0
    replaced: float = 300.0
    hosts: int = 200
    per_host: int = HostLimits().at_once
    fetch: float = 0.2
    slow_hosts: float = 0.0
    slow_fetch: float = 5.0
    stuck_seconds: float = 180.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: `ideal` is the time with all actors busy from beginning to end, on whole machines."""

    seconds: float
    ideal: float
    read_twice: float
    waited_for_pictures: float
    tail: float


SCENARIOS = {
    "nothing goes wrong": Assumptions(),
    "one picture in 10,000 takes 180 s": Assumptions(stuck=1e-4),
    "a fifth of the machines is half as fast": Assumptions(slow_machines=0.2),
    "each machine is lost once in 2 hours": Assumptions(losses=0.5),
    "it is, with 512 pictures a shard": Assumptions(losses=0.5, batch=512),
    "the largest host sends a picture in 5 s, 16 at once": Assumptions(slow_hosts=0.005),
    "it sends a picture in 5 s, and 128 at once": Assumptions(slow_hosts=0.005, per_host=128),
    "one host for all, 16 at once": Assumptions(hosts=1),
    "one host for all, 128 at once": Assumptions(hosts=1, per_host=128),
    "slow machines, losses, stuck pictures": Assumptions(stuck=1e-4, slow_machines=0.2, losses=0.5),
}


def main(
    pictures: Annotated[int, typer.Option(min=1)] = PICTURES,
    machines: Annotated[int, typer.Option(min=1)] = MACHINES,
    actors: Annotated[int, typer.Option(min=1, help="On each machine.")] = ACTORS,
    cpu_seconds: Annotated[float, typer.Option(min=0.001, help="CPU seconds of a picture.")] = CPU_SECONDS,
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Print how long each scenario takes."""
    given = partial(replace, pictures=pictures, machines=machines, actors=actors, cpu_seconds=cpu_seconds)
    typer.echo(f"{given(Assumptions())}\n")
    typer.echo("| scenario | hours | times the ideal | read twice | waits for pictures | last 5 % of pictures |")
    typer.echo("|---|---|---|---|---|---|")
    for name, scenario in SCENARIOS.items():
        one = simulated(given(scenario), seed)
        typer.echo(
            f"| {name} | {one.seconds / HOUR:.2f} | {one.seconds / one.ideal:.2f} | {one.read_twice:.1%} "
            f"| {one.waited_for_pictures:.0%} | {one.tail / one.seconds:.0%} of the time |"
        )


def simulated(a: Assumptions, seed: int) -> Outcome:
    """The outcome of one run."""
    random = np.random.default_rng(seed)
    return _Run(a, random).outcome()


@dataclass(slots=True)
class _Actor:
    """An actor at its batch: its first and next picture, its end, and when the pictures that were asked for come."""

    machine: int
    first: int = 0
    next: int = 0
    end: int = 0
    there: deque[float] = field(default_factory=deque)


class _Run:
    """Goes from event to event in the order of time; an event is an actor that is ready for its next picture."""

    def __init__(self, a: Assumptions, random: np.random.Generator) -> None:
        self._a = a
        self._seconds = _reading_seconds(a, random)
        self._host = random.choice(a.hosts, a.pictures, p=_shares(a.hosts)).tolist()
        slow = max(1, round(a.slow_hosts * a.hosts)) if a.slow_hosts else 0
        self._fetch = [a.slow_fetch if host < slow else a.fetch for host in range(a.hosts)]
        self._places = [[0.0] * a.per_host for _ in range(a.hosts)]
        self._factor = [a.slow_factor if m < a.slow_machines * a.machines else 1.0 for m in range(a.machines)]
        self._losses = [_losses(a, random) for _ in range(a.machines)]
        self._lost_at = [next(losses) for losses in self._losses]
        self._batches = deque(range(0, a.pictures, a.batch))
        self._idle: list[_Actor] = []
        self._read = self._read_twice = 0
        self._waited = 0.0

    def outcome(self) -> Outcome:
        """Actors take batches until all are done; those of lost machines are taken again."""
        a = self._a
        actors = [_Actor(machine) for machine in range(a.machines) for _ in range(a.actors)]
        order = count()
        events = [(0.0, next(order), actor) for actor in actors]
        ends: list[float] = []
        while self._read < a.pictures:
            now, _, actor = heapq.heappop(events)
            while self._lost_at[actor.machine] + a.replaced <= now:
                self._lost_at[actor.machine] = next(self._losses[actor.machine])
            if actor.next == actor.end:
                if not self._batches:
                    self._idle.append(actor)
                    continue
                self._begin(actor, now)
            begun = max(now, actor.there.popleft())
            self._ask(actor, begun)
            end = begun + self._seconds[actor.next] * self._factor[actor.machine]
            if end > self._lost_at[actor.machine]:
                end = self._lose(actor, now)
                while self._idle:  # an actor without work takes what is thrown back
                    heapq.heappush(events, (now, next(order), self._idle.pop()))
            else:
                self._waited += begun - now
                self._read += 1
                actor.next += 1
                if actor.next == actor.end:
                    ends.append(end)
            heapq.heappush(events, (end, next(order), actor))
        ends.sort()
        work = sum(self._seconds) / len(actors)
        tail = ends[-1] - ends[math.ceil(0.95 * len(ends)) - 1]
        waited = self._waited / (ends[-1] * len(actors))
        return Outcome(ends[-1], work, self._read_twice / a.pictures, waited, tail)

    def _begin(self, actor: _Actor, now: float) -> None:
        actor.first = actor.next = self._batches.popleft()
        actor.end = min(actor.first + self._a.batch, self._a.pictures)
        actor.there = deque()
        for ahead in range(GOT_AHEAD):
            self._ask(actor, now, ahead - GOT_AHEAD)

    def _ask(self, actor: _Actor, now: float, offset: int = 0) -> None:
        """Asks for the picture that is `GOT_AHEAD` after the next one, and notes when it will be there."""
        picture = actor.next + GOT_AHEAD + offset
        if picture >= actor.end:
            return
        host = self._host[picture]
        sent = max(now, heapq.heappop(self._places[host])) + self._fetch[host]
        heapq.heappush(self._places[host], sent)
        actor.there.append(sent)

    def _lose(self, actor: _Actor, now: float) -> float:
        """Throws the batch back; gives the time when the machine is replaced."""
        self._batches.append(actor.first)
        self._read -= actor.next - actor.first
        self._read_twice += actor.next - actor.first
        actor.next = actor.end
        return max(now, self._lost_at[actor.machine]) + self._a.replaced


def _reading_seconds(a: Assumptions, random: np.random.Generator) -> list[float]:
    seconds = random.lognormal(math.log(a.cpu_seconds) - a.spread**2 / 2, a.spread, a.pictures)
    seconds[random.random(a.pictures) < a.stuck] = a.stuck_seconds
    return [float(one) for one in seconds]


def _shares(hosts: int) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = 1.0 / np.arange(1, hosts + 1)
    total: NDArray[np.float64] = shares / shares.sum()
    return total


def _losses(a: Assumptions, random: np.random.Generator) -> Iterator[float]:
    """When a machine is lost, again and again."""
    time = 0.0
    while True:
        time += random.exponential(HOUR / a.losses) if a.losses else math.inf
        yield time


if __name__ == "__main__":
    typer.run(main)
