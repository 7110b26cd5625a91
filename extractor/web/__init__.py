"""What the pages share: colours and letters (`base.css`), and boxes on a picture (`picture.js`)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def asset(name: str) -> str:
    """The text of one of the files beside this module."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
