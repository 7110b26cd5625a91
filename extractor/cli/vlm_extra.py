"""What the commands that train have in common: they need the `vlm` extra, and say so when it is missing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from extractor.stages.errors import ExtractorError
from ocr.extras import extra_needed, missing


class TrainingError(ExtractorError):
    """Data, settings or a model that cannot be used for training."""


@contextmanager
def vlm_extra() -> Iterator[None]:
    """Runs what needs the extra; its errors that the user can put right become one message.

    Raises TrainingError.
    """
    from vlm.load import PACKAGES

    lacking = missing((*PACKAGES, "datasets", "trl"))
    if lacking:
        raise TrainingError(extra_needed("this command", "vlm", lacking))
    from vlm.finetune.errors import TrainError
    from vlm.reader import ReaderUnavailableError

    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logger = logging.getLogger("vlm")
    logger.setLevel(min(logging.INFO, logger.getEffectiveLevel()))
    try:
        yield
    except (TrainError, ReaderUnavailableError) as error:
        raise TrainingError(str(error)) from error
