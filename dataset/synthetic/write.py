"""Writes the pictures and the CSV files."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from PIL import Image

from dataset.synthetic.build import LabelledRow, Shot, Split
from dataset.synthetic.paint.fonts import FontBook
from dataset.synthetic.paint.legibility import faults
from dataset.synthetic.paint.painter import paint

PICTURES = "images"


def write_pictures(shots: Iterable[Shot], folder: Path, fonts: FontBook) -> list[str]:
    """Paints each shot into `folder`/images, in place of what the generator put there before.

    Returns the faults of legibility found, a line each.
    """
    pictures = folder / PICTURES
    pictures.mkdir(parents=True, exist_ok=True)
    for old in (*pictures.glob("test_*"), *pictures.glob("train_*")):
        old.unlink()
    found = []
    for shot in shots:
        painting = paint(shot.scene, fonts)
        found += [f"{shot.name}: {fault}" for fault in faults(shot.scene, painting)]
        _save(_grained(painting.picture, shot.grain), pictures / shot.name, shot.quality)
    return found


def _grained(picture: Image.Image, grain: float) -> Image.Image:
    if grain == 0:
        return picture
    pixels = np.asarray(picture, float)
    noise = np.random.default_rng(picture.width * picture.height).normal(0, grain, pixels.shape[:2])
    return Image.fromarray(np.clip(np.rint(pixels + noise[..., None]), 0, 255).astype(np.uint8), "RGB")


def _save(picture: Image.Image, path: Path, quality: int) -> None:
    match path.suffix:
        case ".png":
            picture.quantize(128).save(path, optimize=True)
        case ".webp":
            picture.save(path, quality=quality, method=6)
        case _:
            picture.save(path, quality=quality, optimize=True)


def write_tables(test: Split, train: Split, folder: Path) -> None:
    """Writes test.csv, test_labels.csv and train.csv into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    asked = [(row.index, *_question(row)) for row in test.rows]
    _write(folder / "test.csv", ("index", "image_link", "group_id", "entity_name"), asked)
    labels = [
        (row.index, *_question(row), s.primary, "|".join(s.accepted), s.cue.value, s.note)
        for row in test.rows
        for s in (row.statement,)
    ]
    header = ("index", "image_link", "group_id", "entity_name", "primary", "accepted", "cue", "note")
    _write(folder / "test_labels.csv", header, labels)
    taught = [(*_question(row), row.statement.primary) for row in train.rows]
    _write(folder / "train.csv", ("image_link", "group_id", "entity_name", "entity_value"), taught)


def _question(row: LabelledRow) -> tuple[str, int, str]:
    return f"{PICTURES}/{row.picture}", row.group_id, row.statement.entity


def _write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
