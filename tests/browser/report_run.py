"""Runs for the report to show: many rows, a drawn picture whose text's place is known, hostile texts."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from dataclasses import fields, replace
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from extractor.stages.answer import Answer, Candidate
from extractor.stages.product import ProductAnswer, Stance, Statement
from extractor.stages.reason import Reason
from extractor.tables.rows import Row
from extractor.tables.trace import ProductPicture, RowAnswer, StagesCached, StageSeconds, trace_line
from ocr.token import OcrToken
from rules.amount import Amount
from rules.constants import ENTITIES
from vlm.answer import VlmAnswer

UNIT = {"voltage": "volt", "wattage": "watt", "item_volume": "litre", "item_weight": "gram"}
TEXT_BOX = (230, 150, 410, 200)
"""Left, top, right and bottom of the only text of `draw_picture`, in its pixels."""


def many_rows(number: int) -> tuple[list[RowAnswer], list[str]]:
    """Rows and the label of each: of ten rows the fourth is wrong, the fifth missing, the eighth rightly empty."""
    rows, labels = [], []
    for i in range(number):
        entity = ENTITIES[i % len(ENTITIES)]
        unit = UNIT.get(entity, "kilogram" if "weight" in entity else "centimetre")
        stated = f"{i % 90 + 10}.0 {unit}"
        answered = i % 10 not in (4, 7)
        rows.append(_row(str(i), entity, stated if answered else "", 0.5 + (i % 50) / 100, f"p{i // 4}.jpg"))
        labels.append({3: f"1 {unit}", 7: ""}.get(i % 10, stated))
    return rows, labels


def drawn_row(folder: Path) -> RowAnswer:
    """A row about a picture of 640 x 480 pixels in `folder`, answered from the text at `TEXT_BOX`."""
    sheet = Image.new("RGB", (640, 480), "white")
    left, top, right, bottom = TEXT_BOX
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(40)
    inked = draw.textbbox((0, 0), "12.5 cm", font=font)
    place = ((left + right - inked[0] - inked[2]) / 2, (top + bottom - inked[1] - inked[3]) / 2)
    draw.text(place, "12.5 cm", fill="black", font=font)
    path = folder / "drawn.png"
    sheet.save(path)
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    token = OcrToken("12.5 cm", corners, 0.99)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return _row("drawn", "width", "12.5 centimetre", 0.9, path.name, sha256=sha256, token=token)


def hostile_rows(texts: Iterable[str]) -> list[RowAnswer]:
    """Rows with these texts in every place that a text of others can come to."""
    return [
        of_product(_row(text, "width", "3.0 inch", 0.4, text, printed=text, detail=text, said=text), text)
        for text in texts
    ]


def of_product(alone: RowAnswer, text: str) -> RowAnswer:
    """The row as one of a product: its own picture agrees, another and the title, all called `text`, contradict."""
    assert alone.answer.amount is not None
    own, other = ProductPicture(alone.row.image_link, "a" * 64), ProductPicture(text, "b" * 64)
    statements = (
        Statement(0, Stance.AGREES, alone.answer.amount, 0.9, text),
        Statement(1, Stance.CONTRADICTS, Amount(7.0, "inch"), 0.5, text),
        Statement(None, Stance.CONTRADICTS, Amount(8.0, "inch"), 0.25, text),
    )
    known = {one.name: getattr(alone.answer, one.name) for one in fields(Answer)}
    answer = ProductAnswer(**known, statements=statements)
    row = replace(alone.row, product=text, title=text)
    return replace(alone, row=row, answer=answer, sha256=own.sha256, pictures=(own, other))


def write_run(folder: Path, rows: Iterable[RowAnswer], labels: Iterable[str] | None = None, name: str = "run") -> Path:
    """Writes the trace and, beside it, `labels.csv`; gives the trace's path."""
    rows = list(rows)
    trace = folder / f"{name}_trace.jsonl"
    trace.write_bytes(b"".join(map(trace_line, rows)))
    if labels is not None:
        with (folder / "labels.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("index", "image_link", "entity_name", "entity_value"))
            for one, label in zip(rows, labels, strict=True):
                writer.writerow((one.row.index, one.row.image_link, one.row.entity, label))
    return trace


def _row(
    index: str,
    entity: str,
    text: str,
    confidence: float,
    link: str,
    *,
    printed: str = "",
    detail: str = "",
    said: str = "",
    sha256: str | None = None,
    token: OcrToken | None = None,
) -> RowAnswer:
    value, _, unit = text.partition(" ")
    amount = Amount(float(value), unit) if text else None
    token = token or OcrToken(printed or text, ((10.0, 10.0), (90.0, 10.0), (90.0, 30.0), (10.0, 30.0)), 0.9)
    candidates = () if amount is None else (Candidate(amount, 1.0, confidence, token.text, (), (token,)),)
    answer = Answer(
        entity,
        amount,
        Reason.ANSWERED if text else Reason.NO_CANDIDATE,
        confidence,
        evidence=(token,) if text else (),
        candidates=candidates,
        detail=detail,
        vlm=VlmAnswer(said, 0.5, 0.1) if said else None,
    )
    row = Row(index, link, "", entity)
    return RowAnswer(row, answer, sha256, StageSeconds(0.0, 0.4, 0.002), StagesCached())
