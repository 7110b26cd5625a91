"""The settings of a training run, read from YAML and from `key=value` on the command line.

>>> config = load_config(None, ["base=nano", "lora.rank=8", "stages.0.data=data/noisy", "stages.0.lr=2e-4"])
>>> config.lora.rank, config.stages[0].data, config.stages[0].lr
(8, ('data/noisy',), 0.0002)
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import field, fields, replace
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BeforeValidator, Field, Strict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass
from pydantic_core import ErrorDetails

from vlm.finetune.errors import TrainError
from vlm.prompt import PromptForm
from vlm.quantise import Quantisation
from vlm.validation import mistake

LORA_TARGETS = r".*language_model.*\.(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj)"
"""The language model's projections; their bare names would match the vision tower's as well."""


def _number(value: Any) -> Any:
    """YAML takes 2e-4, without a point, for a text, which pydantic reads as a number; but it also reads `true` as 1."""
    return str(value) if isinstance(value, bool) else value


def _several(value: Any) -> Any:
    """A single value stands for a list of one."""
    return tuple(value) if isinstance(value, list | tuple) else (value,)


Number = Annotated[float, Field(allow_inf_nan=False), BeforeValidator(_number)]
Share = Annotated[Number, Field(ge=0, le=1)]
Count = Annotated[int, Strict(), Field(ge=0)]
PositiveCount = Annotated[int, Strict(), Field(ge=1)]
Flag = Annotated[bool, Strict()]
Texts = Annotated[tuple[str, ...], BeforeValidator(_several)]


@dataclass(frozen=True, config={"extra": "forbid"})
class Stage:
    """One pass over some data: many noisy rows first, few curated ones last.

    `data` are folders that `prepare` wrote. `replay` adds rows of earlier stages, as a share of this stage's own,
    against forgetting. `max_steps` above 0 takes the place of `epochs`.
    """

    data: Annotated[Texts, Field(min_length=1)]
    name: str = ""
    lr: Annotated[Number, Field(gt=0)] = 2e-4
    epochs: Annotated[Number, Field(gt=0)] = 1.0
    max_steps: Count = 0
    replay: Annotated[Number, Field(ge=0)] = 0.0


@dataclass(frozen=True, config={"extra": "forbid"})
class LoraSettings:
    """The adapter: its rank, its scale `alpha / rank`, dropout, and the regex of the modules that get one."""

    rank: PositiveCount = 16
    alpha: PositiveCount = 32
    dropout: Annotated[Number, Field(ge=0, lt=1)] = 0.05
    targets: str = LORA_TARGETS


@dataclass(frozen=True, config={"extra": "forbid"})
class TrainConfig:
    """All settings of a run.

    `base` is a hub id, a folder or `nano`. `resolution` (pixels) is checked against the base; None takes the base's.
    `batch` counts rows per device and step; a step of the optimiser takes `batch * accumulation` on each.
    `precision` is what the reader's option "auto" will mean for the adapter: "4bit", or "auto" for the base in full
    precision with the adapter merged into it. `prompt` is how prompts show the page, `ocr_dropout` the share of rows
    whose prompts are without it. `optimiser`, `device` and `compute` are "auto" or the names that torch and
    transformers have for them. Each stage has `evaluations` evaluations and keeps its best checkpoint; after `patience`
    of them without a better F1 it ends. `report_to` goes to transformers.
    """

    base: str = "google/paligemma2-3b-pt-448"
    out: str = "adapter"
    stages: Annotated[tuple[Stage, ...], BeforeValidator(_several)] = ()
    resolution: Annotated[int, Strict()] | None = None
    quantisation: Quantisation = Quantisation.NF4
    compute: Literal["auto", "bf16", "fp32"] = "auto"
    precision: Literal["auto", "4bit"] = "auto"
    device: str = "auto"
    lora: LoraSettings = field(default_factory=LoraSettings)
    batch: PositiveCount = 2
    accumulation: PositiveCount = 8
    gradient_checkpointing: Flag = True
    optimiser: str = "auto"
    scheduler: str = "cosine"
    warmup: Share = 0.03
    weight_decay: Annotated[Number, Field(ge=0)] = 0.0
    clip: Annotated[Number, Field(ge=0)] = 1.0
    prompt: PromptForm = PromptForm.PLACES
    ocr_dropout: Share = 0.1
    evaluations: Count = 4
    eval_rows: Count = 400
    eval_batch: PositiveCount = 8
    patience: Count = 2
    logging_steps: PositiveCount = 10
    workers: Count = 2
    report_to: Texts = ()
    seed: Count = 0

    def replaced(
        self,
        *,
        base: str | None = None,
        data: Sequence[str] = (),
        out: str | None = None,
        max_steps: int | None = None,
    ) -> TrainConfig:
        """The settings with these values in place of their own: `data` a folder for each stage, `max_steps` in each.

        A configuration without stages gets one for each folder. Raises TrainError.
        """
        stages = self.stages or tuple(Stage((folder,)) for folder in data)
        if data and len(data) != len(stages):
            raise TrainError(f"data: {len(data)} folders for {len(stages)} stages; give one for each, in their order")
        if data:
            stages = tuple(replace(stage, data=(folder,)) for stage, folder in zip(stages, data, strict=True))
        if max_steps is not None:
            stages = tuple(replace(stage, max_steps=max_steps) for stage in stages)
        return replace(self, base=base or self.base, out=out or self.out, stages=stages)

    def checked(self) -> TrainConfig:
        """These settings. Raises TrainError when they name no data."""
        if not self.stages:
            raise TrainError("stages: none; name data with --data DIR or in the configuration")
        return self


_CONFIG = TypeAdapter(TrainConfig)
_PARTS: dict[object, type] = {"lora": LoraSettings, "stages": Stage}
_EXPECTED = {
    "dataclass_type": "expected `key: value` lines",
    "missing": "is missing",
    "too_short": "name at least one folder that `prepare` wrote",
}
"""Our words for mistakes, by pydantic's name, where its own are about Python."""


def load_config(path: Path | None, overrides: Sequence[str] = ()) -> TrainConfig:
    """The settings in a YAML file, with overrides such as `lora.rank=8` or `stages.0.lr=1e-4`.

    Raises TrainError with all mistakes. They may still lack data, see `TrainConfig.checked`.
    """
    tree = _read(path) if path is not None else {}
    for override in overrides:
        tree = _overridden(tree, override)
    try:
        return _CONFIG.validate_python(tree)
    except ValidationError as error:
        raise TrainError("\n".join(map(_told, error.errors(include_url=False)))) from error


def to_yaml(config: TrainConfig) -> str:
    """The settings as YAML, as `load_config` reads them."""
    return yaml.safe_dump(_CONFIG.dump_python(config, mode="json"), sort_keys=False, allow_unicode=True)


def _told(error: ErrorDetails) -> str:
    """A mistake with its place, and for an unknown key the known ones."""
    if error["type"] != "unexpected_keyword_argument":
        return mistake(error, _EXPECTED)
    *parents, key = error["loc"]
    names = [known.name for known in fields(_PARTS[parents[0]] if parents else TrainConfig)]
    close = difflib.get_close_matches(str(key), names, n=1)
    hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(names)}"
    return f"unknown setting {'.'.join(map(str, error['loc']))}; {hint}"


def _read(path: Path) -> Any:
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise TrainError(f"{path} cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise TrainError(f"{path} is not YAML: {error}") from error
    return {} if tree is None else tree


def _overridden(tree: Any, override: str) -> Any:
    key, equals, text = override.partition("=")
    if not equals or not key:
        raise TrainError(f"{override!r} is not of the form key=value, such as lora.rank=8")
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise TrainError(f"{key}: {text!r} is not a YAML value: {error}") from error
    return _with_value(tree, key.split("."), value, key)


def _with_value(node: Any, path: Sequence[str], value: Any, key: str) -> Any:
    """A copy of `node` with the value at `path`; the part of the tree that is not there yet (None) is made."""
    if not path:
        return value
    step, *rest = path
    if node is None:
        node = [] if step.isdecimal() else {}
    if isinstance(node, dict):
        return node | {step: _with_value(node.get(step), rest, value, key)}
    if not isinstance(node, list):
        raise TrainError(f"{key}: {node!r} is a single value and has no part {step}")
    if not step.isdecimal() or int(step) > len(node):
        raise TrainError(f"{key}: {step} is not a position; there are {len(node)}, counted from 0")
    items = [*node, None] if int(step) == len(node) else [*node]
    items[int(step)] = _with_value(items[int(step)], rest, value, key)
    return items
