"""Finds the font files that scenes ask for by role."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Literal

from PIL import ImageFont

from dataset.synthetic.scene import FontName

SYSTEM_FONTS = Path("/usr/share/fonts")
DEBIAN_PACKAGES = (
    "fonts-liberation2",
    "fonts-roboto-unhinted",
    "fonts-lato",
    "fonts-open-sans",
    "fonts-dejavu-core",
    "fonts-droid-fallback",
)
_FILES: dict[FontName, str] = {
    "sans": "LiberationSans-Regular.ttf",
    "sans-bold": "LiberationSans-Bold.ttf",
    "roboto": "Roboto-Regular.ttf",
    "roboto-bold": "Roboto-Bold.ttf",
    "condensed": "RobotoCondensed-Regular.ttf",
    "lato": "Lato-Regular.ttf",
    "lato-bold": "Lato-Bold.ttf",
    "open": "OpenSans-Regular.ttf",
    "open-bold": "OpenSans-Bold.ttf",
    "serif": "LiberationSerif-Regular.ttf",
    "serif-bold": "LiberationSerif-Bold.ttf",
    "mono": "DejaVuSansMono.ttf",
}
_SHARED_FILES: dict[str, str] = {"symbol": "DejaVuSans.ttf", "cjk": "DroidSansFallbackFull.ttf"}
_ALL_FILES: dict[str, str] = {**{str(name): file for name, file in _FILES.items()}, **_SHARED_FILES}
_FIRST_SYMBOL, _FIRST_CJK = 0x2000, 0x2E80
Script = Literal["latin", "symbol", "cjk"]


class FontsMissingError(Exception):
    """Font files are not there; the message names them and says how to get them."""


class FontBook:
    """The fonts of one folder (searched with its subfolders) by role and size in pixels."""

    def __init__(self, folder: Path = SYSTEM_FONTS) -> None:
        """Raises FontsMissingError unless every font file is there."""
        found = {path.name: path for path in sorted(folder.rglob("*.ttf"))}
        missing = sorted({*_FILES.values(), *_SHARED_FILES.values()} - found.keys())
        if missing:
            raise FontsMissingError(
                f"no {', '.join(missing)} in {folder}: install the Debian packages {' '.join(DEBIAN_PACKAGES)}, "
                "or give the folder that holds these files with --fonts"
            )
        self._paths = found
        self._load = functools.lru_cache(maxsize=None)(self._loaded)

    def font(self, name: FontName, size: float, script: Script) -> ImageFont.FreeTypeFont:
        """The font of a role; for symbols and for Chinese and Japanese the one font that has them."""
        return self._load(name if script == "latin" else script, round(size))

    def _loaded(self, name: str, size: int) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(self._paths[_ALL_FILES[name]], size, layout_engine=ImageFont.Layout.BASIC)


def script_of(character: str) -> Script:
    """Which of a role's fonts has this character."""
    if ord(character) >= _FIRST_CJK:
        return "cjk"
    return "symbol" if ord(character) >= _FIRST_SYMBOL else "latin"
