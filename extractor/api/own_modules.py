"""What users bring along: an engine or a reader made by their `module:factory`."""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from extractor.stages.errors import ExtractorError


class FactoryError(Exception):
    """A factory that cannot be found or that fails; the message says where."""


def own_model(spec: str, argument: object, kind: str, interface: str, error: type[ExtractorError]) -> Any:
    """What the factory that `spec` names makes of `argument`: a model of a `kind`, with a fingerprint and `read`.

    Raises `error` whatever goes wrong in the user's module; `interface` names what a model has to be like.
    """
    try:
        model = _made_by(spec, argument)
    except FactoryError as failure:
        raise error(f"the {kind} {spec} cannot be loaded: {failure}") from failure
    if not _can_read(model):
        raise error(f"{spec} gives a {type(model).__name__} where the {kind} is needed: see {interface}")
    return model


def _made_by(spec: str, argument: object) -> Any:
    """The product of a factory; modules of the current folder are found as well."""
    name, _, attribute = spec.partition(":")
    try:
        if name and find_spec(name.partition(".")[0]) is None:
            _look_in_current_folder()
        module = importlib.import_module(name)
        factory = getattr(module, attribute, None)
        product = None if factory is None else factory(argument)
    except ImportError as error:
        raise FactoryError(str(error)) from error
    except (Exception, SystemExit) as error:
        raise FactoryError(f"{type(error).__name__}: {error}") from error
    if factory is None:
        raise FactoryError(f"{getattr(module, '__file__', None) or name} has no {attribute!r}")
    return product


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
