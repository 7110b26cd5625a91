"""The numbers of the hybrid policy that were fitted for a reader: `policy.json` in the reader's folder.

`extractor fit-policy LABELS.csv --vlm READER --out READER/policy.json` writes it. A reader without one
is weighed by the defaults of `extractor.stages.combine.HybridPolicy`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from extractor.api.readers import OWN_READER, ReaderChoice, ReaderError, explained
from extractor.stages.combine import DEFAULT_POLICY, HybridPolicy

GAIN = "gain"
"""The key of the file that holds a `Gain`."""
PAIRS = ("margins", "absence_priors")
"""The fields that are objects in the file."""


@dataclass(frozen=True, slots=True)
class Gain:
    """By how much the policy raises F1 above that of OCR and rules alone, on rows that it was not fitted to.

    `low` and `high` are the ends of the 95 % interval; `real` says that the rows are of real pictures.
    """

    rows: int
    f1: float
    low: float
    high: float
    real: bool = False


def policy_of(choice: ReaderChoice | None) -> HybridPolicy:
    """The policy to weigh this reader's answers by. Raises ReaderError when its file cannot be used."""
    if choice is None or OWN_READER.fullmatch(choice.spec):
        return DEFAULT_POLICY
    with explained(choice):
        from vlm.settings import POLICY_FILE
        from vlm.source import find_source

        file = find_source(choice.spec).folder / POLICY_FILE
    return read_policy(file) if file.is_file() else DEFAULT_POLICY


def read_policy(file: Path) -> HybridPolicy:
    """The policy in `file`; what it does not name keeps its default. Raises ReaderError."""
    known = {field.name for field in fields(HybridPolicy)}
    with _told(file):
        read = json.loads(file.read_text(encoding="utf-8"))
        unknown = sorted(read.keys() - known - {GAIN})
        values: dict[str, Any] = {
            name: tuple((str(key), float(number)) for key, number in value.items())
            if name in PAIRS
            else type(getattr(DEFAULT_POLICY, name))(value)
            for name, value in read.items()
            if name in known
        }
    if unknown:
        raise ReaderError(f"{file}: no policy has {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    return HybridPolicy(**values)


def read_gain(file: Path) -> Gain | None:
    """What is measured of the policy in `file`; None where nothing is. Raises ReaderError."""
    with _told(file):
        gain = json.loads(file.read_text(encoding="utf-8")).get(GAIN)
        return None if gain is None else Gain(**gain)


@contextmanager
def _told(file: Path) -> Iterator[None]:
    """Raises ReaderError where what is read from the file is no policy."""
    try:
        yield
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise ReaderError(f"{file} holds no policy ({error}); fit one with extractor fit-policy") from error
