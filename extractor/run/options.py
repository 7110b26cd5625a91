"""How to run the pipeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from extractor.api.readers import ReaderChoice
from extractor.api.workers import PoolLimits
from extractor.sources.limits import FetchLimits
from extractor.stages.combine import DEFAULT_POLICY, HybridPolicy
from rules.ranker import LEARNED


@dataclass(frozen=True, slots=True)
class PredictOptions:
    """How to run.

    `base` is the folder that relative links start from, `images` the one that is looked into first.
    `ocr` names an engine (see `extractor.api.engines`), `store` the SQLite file, which without `use_cache` is
    neither read nor written. `ranker` scores the candidates (see `rules.ranker.ranker_of`). With `second_look` pictures
    are read once more, enlarged, for stated measures that no text was found for (see `extractor.run.reader`). `vlm` is
    the reader that is asked beside the rules, None for the rules alone.
    """

    base: Path
    store: Path
    images: Path | None = None
    ocr: str = "rapidocr"
    workers: int = 1
    use_cache: bool = True
    allow_private: bool = False
    fetch_limits: FetchLimits = field(default_factory=FetchLimits)
    pool_limits: PoolLimits = field(default_factory=PoolLimits)
    ranker: str = LEARNED
    second_look: bool = False
    vlm: ReaderChoice | None = None
    policy: HybridPolicy = DEFAULT_POLICY


@dataclass(frozen=True, slots=True)
class Way:
    """One way from pictures to answers.

    Without `vlm` the rules answer alone. Otherwise the reader is asked, with what OCR read in its prompt or not, and
    shown the picture or a blank one, and `policy` says what becomes of its answers.
    """

    vlm: bool = True
    ocr_in_prompt: bool = True
    blank_picture: bool = False
    policy: HybridPolicy = DEFAULT_POLICY
