"""`reader.json` of a trained adapter: the reader's settings, and how it was trained."""

from __future__ import annotations

from typing import Any

from pydantic.dataclasses import dataclass

from vlm.finetune.held_out import HeldOut
from vlm.finetune.stage import StageResult
from vlm.quantise import Quantisation
from vlm.settings import ReaderSettings


@dataclass(frozen=True, kw_only=True)
class AdapterRecord(ReaderSettings):
    """`data` are the digests of `vlm.finetune.data.data_digests`; `held_out` is None when nothing was held out."""

    base: str
    quantisation: Quantisation
    data: tuple[dict[str, Any], ...]
    stages: tuple[StageResult, ...]
    held_out: HeldOut | None = None
