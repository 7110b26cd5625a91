"""How a run on a cluster goes."""

from __future__ import annotations

from dataclasses import dataclass, field

from extractor.run.options import RunOptions
from extractor.sources.limits import HostLimits
from extractor.stages.errors import ExtractorError

LOCAL = "local"
"""In place of an address: a Ray of the run's own, on this machine."""
BATCH_PICTURES = 64
"""What a lost machine costs each of its actors at most; docs/scale.md has a simulation with more."""


class ClusterError(ExtractorError):
    """A cluster that cannot be had, or that ends a run; the message says what to do."""


@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """How to run on a cluster; `run` holds what does not depend on it, its `store`, `workers` and `use_cache` unused.

    `shards` is the folder that answers go to, a path or an fsspec address that every machine can write to. `address` is
    that of the cluster (`auto`: the one that this machine belongs to). `folder` is an fsspec address that relative
    links start from, "" for the folder `run.base`. `actors` read pictures, None for as many as the CPUs allow; at most
    `batch_pictures` pictures go to an actor at once, and make one shard. `hosts` limits what each host is asked for by
    the whole cluster. `object_store_bytes` is the memory for data between actors, of each machine, where this run
    starts Ray.
    """

    run: RunOptions
    shards: str
    address: str = LOCAL
    folder: str = ""
    actors: int | None = None
    batch_pictures: int = BATCH_PICTURES
    hosts: HostLimits = field(default_factory=HostLimits)
    object_store_bytes: int = 200_000_000
