"""The dataset of a run: batches of units -> actors -> the results on pictures. Starts Ray where there is none.

Blocks are made here, one for each batch, and never split: so a batch is the unit of what is lost and done again.
"""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # Ray's own logs are in files; its warnings are not the user's

import ray
from ray.data import ActorPoolStrategy, DataContext

from extractor.api.processes import cpu_count
from extractor.run.cluster.actors import ActorSettings, PictureActor, VlmActor
from extractor.run.cluster.blocks import block_of, values_of
from extractor.run.cluster.hosts import start_hosts
from extractor.run.cluster.options import LOCAL, ClusterError, ClusterOptions
from extractor.run.cluster.pool import ACTOR_BYTES, Machine, PoolSizes
from extractor.run.cluster.units import Unit
from extractor.run.result import PictureResult
from extractor.sources.locate import is_fetched
from extractor.stages.errors import ExtractorError

BATCHES_WAITING = 2
"""Batches that an actor has, the one that it works on included; bounds what waits in the object store."""


@contextmanager
def cluster(options: ClusterOptions) -> Iterator[list[Machine]]:
    """The machines of the cluster, to which this process is then connected. Raises ClusterError.

    A connection that is there already is used, and left as it is.
    """
    if ray.is_initialized():
        yield _machines()
        return
    handler = signal.getsignal(signal.SIGTERM)
    try:
        if options.address == LOCAL:
            ray.init(
                "local",
                num_cpus=cpu_count(),
                include_dashboard=False,
                object_store_memory=options.object_store_bytes,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        else:
            ray.init(options.address, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        raise ClusterError(
            f"no Ray cluster at {options.address}: {error}; name its address with --address, or leave that out to use"
            " this machine alone"
        ) from error
    try:
        with suppress(ValueError, TypeError):  # a thread other than the main one sets no handler
            signal.signal(signal.SIGTERM, handler)
        yield _machines()
    finally:
        ray.shutdown()


def results_of(
    batches: Iterable[tuple[Unit, ...]], options: ClusterOptions, run: int, sizes: PoolSizes
) -> Iterator[PictureResult]:
    """The results on pictures, batch by batch as their shards are written. Raises ExtractorError."""
    _configure()
    blocks, fetches = [], False
    for batch in batches:
        blocks.append(block_of([batch]))
        fetches = fetches or any(is_fetched(job.link) for unit in batch for job in unit.pictures)
    hosts = start_hosts(options.hosts, options.run.fetch_limits.breaker) if fetches else None
    settings = ActorSettings(options, run, hosts)
    dataset = ray.data.from_arrow(blocks)
    del blocks  # they are in Ray's store now
    dataset = dataset.map_batches(
        PictureActor,
        fn_constructor_args=(settings,),
        batch_size=None,
        batch_format="pyarrow",
        compute=_pool(sizes.readers, sizes.readers_at_most),
        num_cpus=sizes.cpus,
        memory=ACTOR_BYTES,
    )
    if sizes.askers:
        dataset = dataset.map_batches(
            VlmActor,
            fn_constructor_args=(settings,),
            batch_size=None,
            batch_format="pyarrow",
            compute=_pool(sizes.askers, sizes.askers),
            **({"num_gpus": sizes.asker_gpus} if sizes.asker_gpus else {"num_cpus": sizes.cpus}),
        )
    try:
        for block in dataset.iter_batches(batch_size=None, batch_format="pyarrow"):
            yield from values_of(block)
    except ray.exceptions.RayError as error:
        raise _explained(error) from error
    finally:
        if hosts is not None:
            ray.kill(hosts)


def _pool(at_first: int, at_most: int) -> ActorPoolStrategy:
    return ActorPoolStrategy(
        min_size=at_first,
        max_size=at_most,
        max_tasks_in_flight_per_actor=BATCHES_WAITING,
        max_concurrent_calls_per_actor=1,
    )


def _configure() -> None:
    """A batch that fails ends the run: what fails with a picture is in its rows. Ray draws no bars of its own."""
    context = DataContext.get_current()
    context.max_errored_blocks = 0
    context.execution_options.preserve_order = False
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)


def _machines() -> list[Machine]:
    found = (node["Resources"] for node in ray.nodes() if node["Alive"])
    return [Machine(one.get("CPU", 0.0), one.get("GPU", 0.0), one.get("memory", 0.0)) for one in found]


def _explained(error: BaseException) -> ExtractorError:
    """What went wrong in an actor, as it said it."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ExtractorError):
            return ClusterError(str(cause))
        cause = getattr(cause, "cause", None) or cause.__cause__
    return ClusterError(
        f"the cluster ended the run: {error}; the package has to be installed on every machine, in the same version."
        " What was done is kept: run again to go on"
    )
