"""Reads an ablation back from the JSON that `evaluate --ablate ocr --json` wrote."""

from __future__ import annotations

from pathlib import Path

from extractor.evaluation.ablation import Ablation
from extractor.tables.csv_file import InputError


def read_ablation(path: Path) -> Ablation:
    """The ablation in the file; raises InputError when it cannot be read or is another kind of file."""
    from pydantic import TypeAdapter, ValidationError

    try:
        return TypeAdapter(Ablation).validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error}") from error
    except ValidationError as error:
        raise InputError(
            f"{path} is not an ablation; `evaluate LABELS.csv --vlm READER --ablate ocr --json {path.name}` writes one"
        ) from error
