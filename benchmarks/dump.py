"""Token dumps: the text of pictures as JSON lines, which `extractor.training.examples.read_token_dump` reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from PIL import Image

Texts = list[tuple[str, float, list[list[float]]]]
"""Text, score, and the four corners of its box in pixels."""


def write_dump(pictures: Path, dump: Path, read: Callable[[str], Texts]) -> None:
    """The text that `read` finds on each of the pictures, whose paths are the lines of the file `pictures`."""
    with dump.open("w", encoding="utf-8") as lines:
        for path in pictures.read_text(encoding="utf-8").splitlines():
            tokens = [{"t": text, "s": score, "b": box} for text, score, box in read(path)]
            width, height = Image.open(path).size
            page = {"image": Path(path).name, "w": width, "h": height, "tokens": tokens}
            lines.write(json.dumps(page, ensure_ascii=False) + "\n")
