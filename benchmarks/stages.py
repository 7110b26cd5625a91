"""CPU seconds of each stage on one picture: python -m benchmarks.stages ROWS.csv FOLDER OUT.json"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from extractor import Extractor
from extractor.tables.rows import read_rows

STAGES = {
    "decode": "extractor.api.pictures:load_picture",
    "detect": "ocr.rapid:_RapidModels.detect",
    "cut out lines": "ocr.lines:cut_out",
    "recognise": "ocr.rapid:_RapidModels.recognise",
    "strokes": "ocr.lines:find_strokes",
    "embed": "ocr.embedding:Embedder.__call__",
}
"""Where the function of each stage is called from."""
RULES = "rules and rest"
ENGINE = frozenset(STAGES) - {"decode"}
"""The stages of the OCR engine."""


def main(table: Path, folder: Path, out: Path) -> None:
    """Asks the pictures of a table for its entities, in one thread, and writes the seconds a picture by stage."""
    entities: dict[str, list[str]] = {}
    for row in read_rows(table):
        entities.setdefault(row.picture_name, []).append(row.entity)
    extractor = Extractor(threads=1)
    for name in list(entities)[:3]:  # models are loaded, tables made
        extractor.extract(folder / name)
    seconds = dict.fromkeys((*STAGES, RULES), 0.0)
    for stage, place in STAGES.items():
        _time(stage, place, seconds)
    started = time.process_time()
    for name, wanted in entities.items():
        extractor.extract(folder / name, wanted)
    seconds[RULES] = time.process_time() - started - sum(seconds.values())
    by_stage = {stage: seconds[stage] / len(entities) for stage in (*STAGES, RULES)}
    out.write_text(json.dumps(by_stage, indent=2) + "\n", encoding="utf-8")


def _time(stage: str, place: str, seconds: dict[str, float]) -> None:
    """Puts a clock around a function."""
    module, _, path = place.partition(":")
    *owners, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for part in owners:
        owner = getattr(owner, part)
    function: Callable[..., Any] = getattr(owner, name)

    def timed(*arguments: Any, **named: Any) -> Any:
        started = time.process_time()
        try:
            return function(*arguments, **named)
        finally:
            seconds[stage] += time.process_time() - started

    setattr(owner, name, timed)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
