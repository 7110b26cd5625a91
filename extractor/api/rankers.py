"""Rankers by name: the learned one, the hand-set one, or the one in a file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import rules
from extractor.stages.errors import ExtractorError
from rules.ranker import HAND_SET, LEARNED, Ranker, ranker_name
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
    name = ranker_name(name)
    if name == LEARNED:
        return rules.rules_version()
    if name == HAND_SET:
        return f"{rules.rules_version()} {HAND_SET}"
    return f"{rules.rules_version()} {hashlib.sha256(Path(name).read_bytes()).hexdigest()[:16]}"
