"""Files that users write by hand: TOML, YAML or JSON, by their ending."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from extractor.stages.errors import ExtractorError

Read = Callable[[str], Any]
TOML_OR_YAML: Mapping[str, tuple[str, Read]] = {
    ".toml": ("TOML", tomllib.loads),
    ".yaml": ("YAML", yaml.safe_load),
    ".yml": ("YAML", yaml.safe_load),
}
"""The name of each form and what reads it, by the ending of the file."""
TOML_YAML_OR_JSON: Mapping[str, tuple[str, Read]] = {**TOML_OR_YAML, ".json": ("JSON", json.loads)}


def read_data(path: Path, forms: Mapping[str, tuple[str, Read]], error: type[ExtractorError]) -> Any:
    """What the file holds; None for an empty one. Raises `error` where it cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as failure:
        raise error(f"{path}: {failure.strerror}") from failure
    if path.suffix not in forms:
        *others, last = forms
        raise error(f"{path}: name it {', '.join(others)} or {last}, by what it holds")
    name, read = forms[path.suffix]
    try:
        return read(data.decode())
    except (ValueError, RecursionError, yaml.YAMLError) as failure:
        raise error(f"{path}: it is not {name}: {' '.join(str(failure).split())}") from failure
