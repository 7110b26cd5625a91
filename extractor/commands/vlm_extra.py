"""What the commands that train have in common: they need the `vlm` extra, and say so when it is missing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from extractor.errors import ExtractorError

_NEEDED = ("torch", "transformers", "peft", "trl", "bitsandbytes", "accelerate", "datasets")


class TrainingError(ExtractorError):
    """Data, settings or a model that cannot be used for training."""


@contextmanager
def vlm_extra() -> Iterator[None]:
    """Runs what needs the extra; its errors that the user can put right become one message.

    Raises TrainingError.
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise TrainingError(f"this needs {', '.join(missing)}: install the extra with `pip install 'extractor[vlm]'`")
    from vlm.base import BaseModelError
    from vlm.config import ConfigError
    from vlm.examples import DataError
    from vlm.merge import MergeError
    from vlm.reader import ReaderUnavailableError
    from vlm.train import TrainError

    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("vlm").setLevel(logging.INFO)
    try:
        yield
    except (BaseModelError, ConfigError, DataError, MergeError, ReaderUnavailableError, TrainError) as error:
        raise TrainingError(str(error)) from error
