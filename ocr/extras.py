"""Packages that come with an extra: which of them are missing, and the message that says how to install them.

An extra is installed from the checkout or from the wheel's file, never by name: the project is not in the package
index, and `extractor` there is another project.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec

DISTRIBUTION = "product-picture-extractor"
"""The project's name in pyproject.toml; its package and its command are called `extractor`."""

EXTRAS = {
    "vlm": "constraints.txt",
    "fit": "constraints.txt",
    "serve": "constraints.txt",
    "report": "constraints.txt",
    "tables": "constraints.txt",
    "ray": "constraints.txt",
    "datasets": "constraints.txt",
    "paddle": "constraints-paddle.txt",
}
"""Extras and the file with the tested versions of each."""


def missing(packages: Iterable[str]) -> tuple[str, ...]:
    """Those of the packages that are not installed; nothing is imported."""
    return tuple(name for name in packages if find_spec(name) is None)


def extra_needed(what: str, extra: str, packages: Iterable[str]) -> str:
    """The message that `what` needs these packages, with the command to install them; without a full stop."""
    return (
        f"{what} needs {', '.join(packages)}: install the extra {extra} of {DISTRIBUTION}: "
        f"`pip install --constraint {EXTRAS[extra]} '.[{extra}]'` in its checkout, "
        f"or `pip install 'FILE.whl[{extra}]'` with the file of its wheel"
    )
