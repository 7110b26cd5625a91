"""Sees to it that `ocr`, `rules` and `vlm` are the packages beside this one, whatever other folders hold.

`python -m extractor` looks for modules in the current folder first, and its worker processes do the same: a `rules.py`
of the user's there would be taken for ours.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

NAMES = frozenset({"ocr", "rules", "vlm"})
_FOLDER = str(Path(__file__).parents[1])


class _BesideUs:
    """Finds our packages; leaves everything else to the finders after it."""

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        return PathFinder.find_spec(name, [_FOLDER]) if name in NAMES else None


def find_beside_us() -> None:
    """From now on our packages are found first, in this process; `extractor` itself does so when it is imported."""
    sys.meta_path.insert(0, _BesideUs())
