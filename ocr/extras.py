"""Packages that come with an extra: which of them are missing here, and what to say then.

The project is in no package index, and `extractor` there is a stranger's: an extra is installed from the checkout or
from the wheel's file, never by the project's name.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec

DISTRIBUTION = "product-picture-extractor"
"""The project's name in pyproject.toml; what is imported and run is called `extractor`."""

EXTRAS = {"vlm": "constraints.txt", "fit": "constraints.txt", "paddle": "constraints-paddle.txt"}
"""The extras that messages name, each with the file of versions that were tested together."""


def missing(packages: Iterable[str]) -> tuple[str, ...]:
    """Those of the packages that are not installed; none of them is imported."""
    return tuple(name for name in packages if find_spec(name) is None)


def extra_needed(what: str, extra: str, packages: Iterable[str]) -> str:
    """The message that `what` needs these packages, and how to install their extra; without a full stop."""
    return (
        f"{what} needs {', '.join(packages)}: install the extra {extra} of {DISTRIBUTION}: "
        f"`pip install --constraint {EXTRAS[extra]} '.[{extra}]'` in its checkout, "
        f"or `pip install 'FILE.whl[{extra}]'` with the file of its wheel"
    )
