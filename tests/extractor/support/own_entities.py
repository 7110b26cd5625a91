"""Files with attributes of one's own, for the pictures of `fake_engines`, and a drawn picture for the real engine."""

import io
from pathlib import Path

import yaml
from PIL import Image, ImageDraw, ImageFont

import extractor

EXAMPLE = Path(extractor.__file__).parents[1] / "examples" / "entities.yaml"

CONTENT = {"net_content": {"units": ["gram", "kilogram"], "keywords": ["net"], "plausible": ["1 gram", "10 kilogram"]}}
"""What the fake engine's pictures state (`Net weight 250 g`), under a name of one's own."""
PHONE = ("Battery 5000 mAh", "Display 6.7 inch", "256 GB storage", "Weight 203 g")


def write_entities(path, entities=CONTENT):
    path.write_text(yaml.safe_dump(entities, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def phone_picture():
    """A picture in PNG with the lines of PHONE in large print."""
    picture = Image.new("RGB", (900, 640), "white")
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(52)
    for i, line in enumerate(PHONE):
        draw.text((80, 60 + 140 * i), line, fill="black", font=font)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
