"""Rankers by name: the learned one, none, or the one in a file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import rules
from extractor.stages.errors import ExtractorError
from rules.ranker import HAND_SET, LEARNED, Ranker
from rules.ranker import ranker_of as rules_ranker


class RankerError(ExtractorError):
    """A ranker that does not exist or is none."""


def ranker_of(name: str) -> Ranker:
    """The ranker called `name`; raises RankerError."""
    try:
        return rules_ranker(name)
    except (OSError, ValueError) as error:
        raise RankerError(
            f"the ranker {name} cannot be used: {error}; there are {LEARNED}, {HAND_SET}, or a file that `fit` wrote"
        ) from error


def rules_fingerprint(name: str) -> str:
    """What identifies the answers of the rules with the ranker called `name`; raises RankerError."""
    ranker_of(name)
    if name == LEARNED:
        return rules.RULES_VERSION
    if name == HAND_SET:
        return f"{rules.RULES_VERSION} {HAND_SET}"
    return f"{rules.RULES_VERSION} {hashlib.sha256(Path(name).read_bytes()).hexdigest()[:16]}"
