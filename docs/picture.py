"""Draws what `predict` found on one picture: every text box that an answer stands on, and the answers.

python -m extractor predict dataset/test.csv --out out.csv
python docs/picture.py out_trace.jsonl dataset images/test_0008.jpg docs/working.png
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

COLOURS = ("#d0021b", "#0b6e4f", "#1f4fd8", "#8a2be2", "#b35c00")
LINE_HEIGHT = 30
BOX_MARGIN = 4


def main(trace: Path, folder: Path, link: str, target: Path) -> None:
    """Writes `target`, the picture `folder`/`link` with the evidence of its rows in `trace`."""
    rows = [row for row in map(json.loads, trace.open(encoding="utf-8")) if row["image_link"] == link]
    if not rows:
        raise SystemExit(f"{trace} has no row for {link}; name a picture as its image_link does")
    picture = Image.open(folder / link).convert("RGB")
    sheet = Image.new("RGB", (picture.width, picture.height + LINE_HEIGHT * len(rows) + 10), "white")
    sheet.paste(picture)
    draw = ImageDraw.Draw(sheet)
    for i, (row, colour) in enumerate(zip(rows, COLOURS, strict=False)):
        _draw_evidence(draw, row, colour)
        text = f"{row['entity']}: {row['prediction'] or 'not stated'}   ({row['reason']}, {row['confidence']:.2f})"
        draw.text((12, picture.height + 6 + i * LINE_HEIGHT), text, fill=colour, font=ImageFont.load_default(20))
    target.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(target, optimize=True)


def _draw_evidence(draw: ImageDraw.ImageDraw, row: dict[str, Any], colour: str) -> None:
    for token in row["tokens"]:
        corners = [tuple(corner) for corner in token["box"]]
        draw.line([*corners, corners[0]], fill=colour, width=BOX_MARGIN, joint="curve")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
