"""What pages and services share: colours (`base.css`), scripts (`dom.js`, `picture.js`), the app around routes."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def asset(name: str) -> str:
    """The text of one of the files beside this module."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
