"""How many actors a cluster has room for: a whole CPU of each machine is left to what else Ray does there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ACTOR_BYTES = 1_500_000_000
"""Memory that an actor with its process is counted with; docs/scale.md says what was measured."""
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Machine:
    """What a machine of the cluster has."""

    cpus: float
    gpus: float
    memory: float


@dataclass(frozen=True, slots=True)
class PoolSizes:
    """Actors that read, at first and at most; actors that ask a VLM; the CPUs that each takes, and GPUs of an asker."""

    readers: int
    readers_at_most: int
    askers: int
    cpus: float
    asker_gpus: float


def pool_sizes(machines: Sequence[Machine], wanted: int | None, *, vlm: bool) -> PoolSizes:
    """The pools for the machines that are there; `wanted` actors that read may need machines that are yet to come.

    With a VLM there is an actor for each GPU, or one on a CPU where there is none. Where leaving a CPU leaves too few,
    each actor takes half of one. Raises ValueError where no machine has the memory for an actor.
    """
    machines = [machine for machine in machines if machine.cpus]  # a head may have none
    if machines and not any(machine.memory >= ACTOR_BYTES for machine in machines):
        most = max(machine.memory for machine in machines)
        raise ValueError(
            f"an actor needs {ACTOR_BYTES / 1e9:.1f} GB of memory, and the largest machine offers {most / 1e9:.1f} GB"
        )
    gpus = int(sum(machine.gpus for machine in machines))
    askers = (gpus or 1) if vlm else 0
    on_cpus = askers if vlm and not gpus else 0
    room = sum(_room(machine, 1.0) for machine in machines) - on_cpus
    cpus = 1.0
    if room < 1 and machines:
        cpus = HALF
        room = sum(_room(machine, HALF) for machine in machines) - on_cpus
    room = max(1, room)
    readers = room if wanted is None else min(wanted, room)
    return PoolSizes(readers, wanted or readers, askers, cpus, 1.0 if askers and gpus else 0.0)


def _room(machine: Machine, cpus: float) -> int:
    """Actors that fit on the machine when each takes so many CPUs, and one CPU, or half of a single one, is left."""
    left = 1.0 if machine.cpus > 1 else HALF
    return max(0, min(int((machine.cpus - left) / cpus), int(machine.memory // ACTOR_BYTES)))
