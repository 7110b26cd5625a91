"""What pages and services share: colours (`base.css`), scripts (`dom.js`, `picture.js`), the app around routes."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def asset(name: str, package: str = __name__) -> str:
    """The text of one of the files that lie in a package."""
    return files(package).joinpath(name).read_text(encoding="utf-8")
