"""Rankers by name: the learned one, the hand-set one, or the one in a file."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.stages.errors import ExtractorError

if TYPE_CHECKING:
    from rules.ranker import Ranker


class RankerError(ExtractorError):
    """A ranker that does not exist or is none."""


def loaded_ranker(name: str) -> Ranker:
    """The ranker called `name`; raises RankerError."""
    from rules.ranker import HAND_SET, LEARNED, ranker_of

    try:
        return ranker_of(name)
    except (OSError, ValueError) as error:
        raise RankerError(
            f"the ranker {name} cannot be used: {error}; there are {LEARNED}, {HAND_SET}, or a file that `fit` wrote"
        ) from error


def rules_key(name: str) -> str:
    """What identifies the verdicts of the rules with the ranker called `name`; raises RankerError."""
    from rules import rules_version
    from rules.ranker import HAND_SET, LEARNED, ranker_name

    loaded_ranker(name)
    name = ranker_name(name)
    if name == LEARNED:
        return rules_version()
    if name == HAND_SET:
        return f"{rules_version()} {HAND_SET}"
    return f"{rules_version()} {hashlib.sha256(Path(name).read_bytes()).hexdigest()[:16]}"
