"""The numbers of the hybrid policy that were fitted for a reader: `policy.json` in the reader's folder.

`extractor fit-policy LABELS.csv --vlm READER --out READER/policy.json` writes it. A reader without one
is weighed by the defaults of `extractor.stages.combine.HybridPolicy`.
"""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

from extractor.api.readers import OWN_READER, ReaderChoice, ReaderError, explained
from extractor.stages.combine import DEFAULT_POLICY, HybridPolicy

PAIRS = ("margins", "absence_priors")
"""The fields that are objects in the file."""


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
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
        unknown = sorted(read.keys() - known)
        values: dict[str, Any] = {
            name: tuple((str(key), float(number)) for key, number in value.items())
            if name in PAIRS
            else type(getattr(DEFAULT_POLICY, name))(value)
            for name, value in read.items()
            if name in known
        }
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ReaderError(f"{file} holds no policy ({error}); fit one with extractor fit-policy") from error
    if unknown:
        raise ReaderError(f"{file}: no policy has {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    return HybridPolicy(**values)
