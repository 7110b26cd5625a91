"""Silences what libraries write to stderr and no user needs."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_HINTS_OF_BITSANDBYTES = "bitsandbytes.backends.cpu.ops"
"""Its log on import names a package that makes 4 bits faster on CPUs."""


@contextmanager
def quiet_loading(*, bars: bool) -> Iterator[None]:
    """While a model is loaded inside, libraries write no hints and deprecations to stderr.

    With `bars`, transformers and the hub's client may draw progress bars.
    """
    from transformers.utils import logging as of_transformers

    hints = logging.getLogger(_HINTS_OF_BITSANDBYTES)
    level, were_drawn = hints.level, of_transformers.is_progress_bar_enabled()
    hints.setLevel(logging.ERROR)
    if not bars:
        of_transformers.disable_progress_bar()
    try:
        with warnings.catch_warnings(action="ignore", category=FutureWarning):
            yield
    finally:
        hints.setLevel(level)
        if were_drawn:
            of_transformers.enable_progress_bar()


@contextmanager
def no_dataset_bars() -> Iterator[None]:
    """`datasets` draws no bars for what it writes inside, which takes seconds."""
    from datasets import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

    were_drawn = not are_progress_bars_disabled()
    disable_progress_bars()
    try:
        yield
    finally:
        if were_drawn:
            enable_progress_bars()
