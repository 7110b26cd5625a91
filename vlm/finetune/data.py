"""The rows of each stage of a run: prepared folders, joined, the training rows without any held-out ones."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vlm.finetune.chance import chance
from vlm.finetune.config import TrainConfig
from vlm.finetune.errors import TrainError
from vlm.finetune.examples import HOLDOUT, REPORT_FILE, TRAIN, Example, open_examples

if TYPE_CHECKING:
    from datasets import Dataset

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StageData:
    """The training rows of a stage, and the held-out ones of its evaluations."""

    train: Dataset
    held_out: tuple[Example, ...]


def stage_data(config: TrainConfig, number: int) -> StageData:
    """The data of stage `number`, counted from 0. Raises TrainError.

    Training rows share no picture and no group with the held-out rows of any stage, also when the folders were
    prepared with different splits. At most `config.eval_rows` rows are held out for evaluations, none when there are no
    evaluations.
    """
    from datasets import concatenate_datasets

    stage = config.stages[number]
    held_out = [_joined(s.data, HOLDOUT) for s in config.stages]
    guarded = {key for dataset in held_out for keys in _keys(dataset) for key in keys}
    train = _without(_joined(stage.data, TRAIN), guarded, f"stage {number + 1}")
    if number and stage.replay:
        earlier = [folder for s in config.stages[:number] for folder in s.data]
        rows = _without(_joined(earlier, TRAIN), guarded, f"replay of stage {number + 1}")
        train = concatenate_datasets([train, _sample(rows, round(stage.replay * len(train)), config.seed)])
    if not len(train):
        raise TrainError(f"stage {number + 1} has nothing to learn from: {', '.join(stage.data)} hold no training rows")
    evaluation = _sample(held_out[number], config.eval_rows if config.evaluations else 0, config.seed)
    return StageData(train, tuple(map(Example.from_row, evaluation)))


def data_digests(folder: Path) -> dict[str, Any]:
    """The folder's name, and of each side the number of `examples` and their `digest`, as `prepare` reported them."""
    report = _report(folder)
    sides = {side: {key: report[side][key] for key in ("examples", "digest")} for side in (TRAIN, HOLDOUT)}
    return {"folder": folder.name, **sides}


def _joined(folders: Sequence[str], side: str) -> Dataset:
    from datasets import concatenate_datasets

    for folder in folders:
        _report(Path(folder))
    return concatenate_datasets([open_examples(Path(folder) / side) for folder in folders])


def _report(folder: Path) -> dict[str, Any]:
    try:
        report: dict[str, Any] = json.loads((folder / REPORT_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TrainError(
            f"{folder} was not prepared to its end ({error}); run `python -m extractor prepare ... --out {folder}`"
        ) from error
    return report


def _keys(dataset: Dataset) -> list[set[str]]:
    """The picture and the group of each row, where it has them."""
    rows = zip(dataset["picture"], dataset["group"], strict=True)
    return [{f"picture {Path(p).name}" if p else "", f"group {g}" if g else ""} - {""} for p, g in rows]


def _without(dataset: Dataset, guarded: Set[str], what: str) -> Dataset:
    rest = [number for number, keys in enumerate(_keys(dataset)) if guarded.isdisjoint(keys)]
    if len(rest) < len(dataset):
        left_out = len(dataset) - len(rest)
        _log.warning("%s: %d rows are left out, since their pictures or groups are held out", what, left_out)
    return dataset.select(rest)


def _sample(dataset: Dataset, count: int, seed: int) -> Dataset:
    rows = zip(dataset["picture"], dataset["entity"], strict=True)
    ranks = [chance(seed, Path(picture).name, entity) for picture, entity in rows]
    chosen = sorted(range(len(dataset)), key=ranks.__getitem__)[:count]
    return dataset.select(sorted(chosen))
