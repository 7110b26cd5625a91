"""Where the picture of an `image_link` is: a file here, or an address on the web.

A file in the `--images` folder whose name is the last part of the link comes first. Otherwise an http(s)
link is fetched, and anything else is a path relative to the CSV's folder: a file name may hold a colon, but what begins
like an address (`data:`, `mailto:`) and names no file is a bad link. Absolute paths and `..` are allowed: a CSV is
its user's own file, it can name what its user can read.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from extractor.stages.reason import Failure, Reason

_ADDRESS = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]+):/")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:")  # two letters at least: one is a drive of Windows
_QUERY = re.compile(r"[?#].*", re.DOTALL)
_FETCHED_SCHEMES = ("http", "https")
_LONGEST_SHOWN = 80


@dataclass(frozen=True, slots=True)
class LocalPicture:
    """A picture file on this machine."""

    path: Path


@dataclass(frozen=True, slots=True)
class RemotePicture:
    """A picture to be fetched from an http(s) address."""

    url: str


def locate(link: str, base: Path, images: Path | None = None) -> LocalPicture | RemotePicture | Failure:
    """Where to get the picture of `link`; `base` is the folder that relative paths start from."""
    link = link.strip()
    if not link:
        return Failure(Reason.NO_LINK, "the row names no picture")
    if "\0" in link:
        return Failure(Reason.BAD_LINK, "the link holds a NUL character")
    if images is not None and (found := _by_name(link, images)):
        return LocalPicture(found)
    if is_fetched(link):
        return RemotePicture(link)
    if _is_file(base / link):
        return LocalPicture(base / link)
    if _SCHEME.match(link):
        return Failure(Reason.BAD_LINK, f"{_shown(link)}: no such file, and only http and https addresses are fetched")
    return Failure(Reason.PICTURE_MISSING, f"no such file: {base / link}")


def is_fetched(link: str) -> bool:
    """Whether a link is an address on the web, where no folder has the picture."""
    address = _ADDRESS.match(link)
    return address is not None and address[1].lower() in _FETCHED_SCHEMES


def _by_name(link: str, images: Path) -> Path | None:
    last = (_QUERY.sub("", link) if _ADDRESS.match(link) else link).rsplit("/", 1)[-1]
    for name in dict.fromkeys((last, unquote(last))):
        if name in ("", ".", "..") or "/" in name or "\0" in name or os.sep in name:
            continue
        if _is_file(images / name):
            return images / name
    return None


def _shown(link: str) -> str:
    return link if len(link) <= _LONGEST_SHOWN else f"{link[:_LONGEST_SHOWN]}..."


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
