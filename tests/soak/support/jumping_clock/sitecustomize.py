"""Python runs this first: the time of day jumps in every process, and the other clock leaps as after a long sleep."""

import random
import time

_chance = random.Random()
_day, _steady = time.time, time.monotonic
_leapt = 0.0


def _time():
    return max(1.0, _day() + _chance.choice((0, 0, 0, 1, -1)) * _chance.uniform(0, 3e8))


def _monotonic():
    global _leapt  # noqa: PLW0603
    if _chance.random() < 0.01:
        _leapt += _chance.uniform(0, 1000)
    return _steady() + _leapt


time.time, time.monotonic = _time, _monotonic
time.time_ns = lambda: int(_time() * 1e9)
