"""Work in threads, some of it ahead of what is taken."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def done_ahead(
    threads: ThreadPoolExecutor, do: Callable[[Item], Result], items: Iterable[Item], ahead: int
) -> Iterator[Result]:
    """What `do` gives for each item, in their order, with at most `ahead` items begun before they are asked for."""
    begun: deque[Future[Result]] = deque()
    try:
        for item in items:
            begun.append(threads.submit(do, item))
            if len(begun) > ahead:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    finally:
        for future in begun:
            future.cancel()
