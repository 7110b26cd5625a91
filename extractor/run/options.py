"""How a run goes."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from extractor.api.engines import DEFAULT_OCR
from extractor.api.processes import ProcessLimits
from extractor.api.readers import ReaderChoice
from extractor.sources.limits import FetchLimits
from extractor.stages.combine import DEFAULT_POLICY, HybridPolicy
from rules.entities import OFFICIAL, EntityTable
from rules.ranker import LEARNED


@dataclass(frozen=True, slots=True)
class RunVariant:
    """One way from pictures to answers.

    Without `vlm` the rules answer alone. Otherwise the reader answers too: its prompt holds the page's tokens or not,
    and the picture or a blank one; `policy` weighs its answers.
    """

    vlm: bool = True
    ocr_in_prompt: bool = True
    blank_picture: bool = False
    policy: HybridPolicy = DEFAULT_POLICY


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to run.

    `base` is the folder that relative links start from, `images` the one that is looked into first. `ocr` names an
    engine (see `extractor.api.engines`), `ranker` what scores the candidates (see `rules.ranker`). With `upscale` a
    picture may be read twice (see `extractor.stages.select`). `vlm` is the reader that answers beside the rules, None
    for the rules alone. `entities` are those that rows may ask about. `store` is the SQLite file, which without
    `use_cache` is neither read nor written.
    """

    base: Path
    store: Path
    images: Path | None = None
    ocr: str = DEFAULT_OCR
    ranker: str = LEARNED
    upscale: bool = True
    vlm: ReaderChoice | None = None
    policy: HybridPolicy = DEFAULT_POLICY
    entities: EntityTable = OFFICIAL
    workers: int = 1
    use_cache: bool = True
    allow_private: bool = False
    fetch_limits: FetchLimits = field(default_factory=FetchLimits)
    process_limits: ProcessLimits = field(default_factory=ProcessLimits)

    @property
    def variant(self) -> RunVariant:
        """The way from pictures to answers: the reader, if there is one, sees all."""
        return RunVariant(vlm=self.vlm is not None, policy=self.policy)
