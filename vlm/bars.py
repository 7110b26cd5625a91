"""The progress bars that libraries draw on stderr: shown only where somebody wants to see them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading_bars(*, shown: bool) -> Iterator[None]:
    """Unless `shown`, keeps transformers and the hub's client from drawing bars while they download and load inside."""
    from transformers.utils import logging

    if shown or not logging.is_progress_bar_enabled():
        yield
        return
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.enable_progress_bar()


@contextmanager
def no_dataset_bars() -> Iterator[None]:
    """Keeps datasets from drawing bars while it writes inside, which takes seconds."""
    from datasets import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    if are_progress_bars_disabled():
        yield
        return
    disable_progress_bars()
    try:
        yield
    finally:
        enable_progress_bars()
