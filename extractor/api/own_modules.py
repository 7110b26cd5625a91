"""What users bring along: an engine or a reader made by their `module:factory`."""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from extractor.stages.errors import ExtractorError


def own_model(spec: str, argument: object, kind: str, interface: str, error: type[ExtractorError]) -> Any:
    """What the factory that `spec` names makes of `argument`: a model of a `kind`, with a fingerprint and `read`.

    Raises `error` whatever goes wrong in the user's module; `interface` names what a model has to be like.
    """
    try:
        model = _factory(spec)(argument)
    except (Exception, SystemExit) as failure:
        said = failure if isinstance(failure, ImportError) else f"{type(failure).__name__}: {failure}"
        raise error(f"the {kind} {spec} cannot be loaded: {said}") from failure
    if not _can_read(model):
        raise error(f"{spec} gives a {type(model).__name__} where the {kind} is needed: see {interface}")
    return model


def _factory(spec: str) -> Any:
    """What `spec` names; modules of the current folder are found as well."""
    name, _, attribute = spec.partition(":")
    if name and find_spec(name.partition(".")[0]) is None:
        _look_in_current_folder()
    module = importlib.import_module(name)
    if not hasattr(module, attribute):
        raise ImportError(f"{getattr(module, '__file__', None) or name} has no {attribute!r}")
    return getattr(module, attribute)


def _can_read(product: Any) -> bool:
    """Whether it has a text `fingerprint` and a method `read`, as OCR engines and readers do."""
    try:
        return isinstance(product.fingerprint, str) and callable(product.read)
    except Exception:
        return False


def _look_in_current_folder() -> None:
    """`python -m` does so by itself, the command `extractor` does not; last, so that nothing else is hidden by it."""
    folder = str(Path.cwd())
    if not sys.flags.safe_path and folder not in sys.path:
        sys.path.append(folder)
