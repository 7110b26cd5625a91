"""How patiently pictures are fetched, and how much is taken."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """When a host counts as down, and how long that is waited for (all times in seconds).

    After `failures` failures to reach it in a row, one request at a time probes the host, at gaps that
    double from `first_gap` to `longest_gap`, while the others wait. When the outage has lasted for
    `patience` (`patience_if_known` if the host has answered in this run) the others fail at once.
    """

    failures: int = 8
    first_gap: float = 1.0
    longest_gap: float = 30.0
    patience: float = 15.0
    patience_if_known: float = 120.0


@dataclass(frozen=True, slots=True)
class HostLimits:
    """What one host is asked for by all processes of a run together (times in seconds).

    At most `at_once` requests run, and each begins at least `gap` after the one before. A request that has not ended
    after `longest` counts as ended: the process that made it is gone. It has to be longer than
    `FetchLimits.attempt_time`.
    """

    at_once: int = 16
    gap: float = 0.0
    longest: float = 300.0


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How hard to try and how much to take (times in seconds)."""

    concurrency: int = 16
    attempts: int = 4
    connect_time: float = 10.0
    read_time: float = 20.0
    attempt_time: float = 120.0
    backoff: float = 0.5
    longest_backoff: float = 20.0
    longest_retry_after: float = 60.0
    max_bytes: int = 50_000_000
    redirects: int = 5
    breaker: BreakerPolicy = field(default_factory=BreakerPolicy)
