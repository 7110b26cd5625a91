"""The settings of a training run: a frozen dataclass, read from YAML and from `key=value` on the command line.

>>> config = load_config(None, ["base=nano", "lora.rank=8", "stages.0.data=data/noisy", "stages.0.lr=2e-4"])
>>> config.lora.rank, config.stages[0].data, config.stages[0].lr
(8, ('data/noisy',), 0.0002)
"""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

import yaml

from vlm.quantise import LORA_TARGETS, Quantisation

T = TypeVar("T")


class ConfigError(Exception):
    """Settings that cannot be used; the message names the key and what is allowed there."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One pass over some data: many noisy rows first, few curated ones last.

    `data` are folders that `prepare` wrote. `replay` adds rows of earlier stages, as a share of this stage's own, so
    that what was learnt there is not forgotten. `max_steps` above 0 takes the place of `epochs`.
    """

    data: tuple[str, ...]
    name: str = ""
    lr: float = 2e-4
    epochs: float = 1.0
    max_steps: int = 0
    replay: float = 0.0


@dataclass(frozen=True, slots=True)
class LoraSettings:
    """The adapter: its rank, its scale `alpha / rank`, dropout, and the regex of the modules that get one."""

    rank: int = 16
    alpha: int = 32
    dropout: float = 0.05
    targets: str = LORA_TARGETS


@dataclass(frozen=True, slots=True)
class TrainConfig:
    """All settings of a run.

    `base` is a hub id, a folder or `nano`. `resolution` (pixels) is checked against the base; None takes the base's.
    `batch` counts rows per device and step; a step of the optimiser takes `batch * accumulation` on each.
    `ocr_dropout` is the share of rows that are asked without OCR. `optimiser`, `device` and `compute` are "auto" or
    what torch and transformers call them. `evaluations` is how often a stage is evaluated; after `patience` of them
    without a better F1 the stage ends, and it always keeps its best. `report_to` goes to transformers.
    """

    base: str = "google/paligemma2-3b-pt-448"
    out: str = "adapter"
    stages: tuple[Stage, ...] = ()
    resolution: int | None = None
    quantisation: Quantisation = Quantisation.NF4
    compute: str = "auto"
    device: str = "auto"
    lora: LoraSettings = field(default_factory=LoraSettings)
    batch: int = 2
    accumulation: int = 8
    gradient_checkpointing: bool = True
    optimiser: str = "auto"
    scheduler: str = "cosine"
    warmup: float = 0.03
    weight_decay: float = 0.0
    clip: float = 1.0
    ocr_dropout: float = 0.1
    evaluations: int = 4
    eval_rows: int = 400
    eval_batch: int = 8
    patience: int = 2
    max_new_tokens: int = 16
    logging_steps: int = 10
    workers: int = 2
    report_to: tuple[str, ...] = ()
    seed: int = 0

    def replaced(
        self,
        *,
        base: str | None = None,
        data: Sequence[str] = (),
        out: str | None = None,
        max_steps: int | None = None,
    ) -> TrainConfig:
        """The settings with what is given here in place of theirs: `data` a folder per stage, `max_steps` in each.

        A configuration without stages gets one for each folder. Raises ConfigError.
        """
        stages = self.stages or tuple(Stage((folder,)) for folder in data)
        if data and len(data) != len(stages):
            raise ConfigError(f"data: {len(data)} folders for {len(stages)} stages; give one for each, in their order")
        if data:
            stages = tuple(replace(stage, data=(folder,)) for stage, folder in zip(stages, data, strict=True))
        if max_steps is not None:
            stages = tuple(replace(stage, max_steps=max_steps) for stage in stages)
        return replace(self, base=base or self.base, out=out or self.out, stages=stages)

    def checked(self) -> TrainConfig:
        """These settings. Raises ConfigError when a run with them could not be meant."""
        _check(self)
        return self


def load_config(path: Path | None, overrides: Sequence[str] = ()) -> TrainConfig:
    """The settings in a YAML file, with overrides such as `lora.rank=8` or `stages.0.lr=1e-4`.

    Raises ConfigError when they cannot be read; whether they can be run, `TrainConfig.checked` says.
    """
    tree = _read(path) if path is not None else {}
    for override in overrides:
        _set(tree, override)
    return _built(TrainConfig, tree, "")


def as_tree(config: TrainConfig) -> dict[str, Any]:
    """The settings as `load_config` reads them from YAML."""
    return {name: _plain(value) for name, value in dataclasses.asdict(config).items()}


def to_yaml(config: TrainConfig) -> str:
    """The settings as YAML."""
    return yaml.safe_dump(as_tree(config), sort_keys=False, allow_unicode=True)


def _plain(value: Any) -> Any:
    match value:
        case Quantisation():
            return str(value)
        case tuple() | list():
            return [_plain(item) for item in value]
        case dict():
            return {key: _plain(item) for key, item in value.items()}
    return value


def _read(path: Path) -> dict[str, Any]:
    try:
        tree = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path} is not YAML: {error}") from error
    if tree is None:
        return {}
    if not isinstance(tree, dict):
        raise ConfigError(f"{path}: expected `key: value` lines, such as `base: nano`")
    return tree


def _set(tree: dict[str, Any], override: str) -> None:
    key, equals, text = override.partition("=")
    if not equals or not key:
        raise ConfigError(f"{override!r} is not of the form key=value, such as lora.rank=8")
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"{key}: {text!r} is not a YAML value: {error}") from error
    *path, last = key.split(".")
    node: Any = tree
    for step, following in zip(path, [*path, last][1:], strict=True):
        node = _child(node, step, [] if following.isdecimal() else {}, key)
    if isinstance(node, list):
        _grow(node, last, key)
        node[int(last)] = value
    elif isinstance(node, dict):
        node[last] = value
    else:
        raise ConfigError(f"{key}: {'.'.join(path)} is a single value and has no parts")


def _child(node: Any, step: str, empty: list[Any] | dict[str, Any], key: str) -> Any:
    if isinstance(node, list):
        _grow(node, step, key)
        if node[int(step)] is None:
            node[int(step)] = empty
        return node[int(step)]
    if isinstance(node, dict):
        return node.setdefault(step, empty)
    raise ConfigError(f"{key}: {step} has no parts")


def _grow(items: list[Any], step: str, key: str) -> None:
    if not step.isdecimal() or int(step) > len(items):
        raise ConfigError(f"{key}: {step} is not a position; there are {len(items)}, counted from 0")
    if int(step) == len(items):
        items.append(None)


def _built(kind: type[T], tree: Any, where: str) -> T:
    if not isinstance(tree, Mapping):
        raise ConfigError(f"{where or 'settings'}: expected `key: value` lines, got {tree!r}")
    hints = get_type_hints(kind)
    for key in tree:
        if key not in hints:
            close = difflib.get_close_matches(str(key), hints, n=1)
            hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(hints)}"
            raise ConfigError(f"unknown setting {_join(where, key)}; {hint}")
    values = {key: _value(hints[key], value, _join(where, key)) for key, value in tree.items()}
    try:
        return kind(**values)
    except TypeError as error:
        raise ConfigError(f"{where}: a setting is missing: {error}") from error


def _value(hint: Any, value: Any, where: str) -> Any:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _built(hint, value, where)
    if get_origin(hint) is tuple:
        item = get_args(hint)[0]
        items = value if isinstance(value, list) else [value]
        return tuple(_value(item, one, f"{where}.{number}") for number, one in enumerate(items))
    if get_origin(hint) in (UnionType, Union):
        return None if value is None else _value(next(a for a in get_args(hint) if a is not NoneType), value, where)
    if hint is Quantisation:
        return _quantisation(value, where)
    if hint is float:
        return _float(value, where)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise ConfigError(f"{where}: expected {_NAMES[hint]}, got {value!r}")
    return value


_NAMES = {int: "a whole number", str: "a text", bool: "true or false"}


def _quantisation(value: Any, where: str) -> Quantisation:
    try:
        return Quantisation(str(value).lower())
    except ValueError as error:
        raise ConfigError(f"{where}: expected {' or '.join(Quantisation)}, got {value!r}") from error


def _float(value: Any, where: str) -> float:
    # YAML takes 2e-4, without a point, for a text
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise ConfigError(f"{where}: expected a number, got {value!r}")
    return number


def _join(where: str, key: object) -> str:
    return f"{where}.{key}" if where else str(key)


_AT_LEAST: dict[str, float] = {
    "batch": 1,
    "accumulation": 1,
    "evaluations": 0,
    "eval_rows": 0,
    "eval_batch": 1,
    "patience": 0,
    "max_new_tokens": 1,
    "logging_steps": 1,
    "workers": 0,
    "warmup": 0,
    "weight_decay": 0,
    "clip": 0,
    "ocr_dropout": 0,
    "seed": 0,
}
_SHARES = ("ocr_dropout", "warmup")
_COMPUTE = ("auto", "bf16", "fp32")


def _check(config: TrainConfig) -> None:
    for name, least in _AT_LEAST.items():
        if getattr(config, name) < least:
            raise ConfigError(f"{name}: must be at least {least}, is {getattr(config, name)}")
    for name in _SHARES:
        if getattr(config, name) > 1:
            raise ConfigError(f"{name}: must be at most 1, is {getattr(config, name)}")
    if config.compute not in _COMPUTE:
        raise ConfigError(f"compute: expected one of {', '.join(_COMPUTE)}, got {config.compute!r}")
    if config.lora.rank < 1 or config.lora.alpha < 1 or not 0 <= config.lora.dropout < 1:
        raise ConfigError("lora: rank and alpha must be at least 1, dropout at least 0 and below 1")
    if not config.stages:
        raise ConfigError("stages: none; name data with --data DIR or in the configuration")
    for number, stage in enumerate(config.stages):
        if not stage.data:
            raise ConfigError(f"stages.{number}.data: name at least one folder that `prepare` wrote")
        if stage.lr <= 0 or stage.epochs <= 0 or stage.max_steps < 0 or stage.replay < 0:
            raise ConfigError(f"stages.{number}: lr and epochs must be above 0, max_steps and replay not below 0")
