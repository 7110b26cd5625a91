"""Draws answers: the picture with a box around every text that an answer stands on."""

from __future__ import annotations

import base64
import html
import io
from collections import Counter
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from extractor.stages.answer import Answer
from ocr.picture import Picture
from ocr.token import Box

COLOURS = ("#d0021b", "#0b6e4f", "#1f4fd8", "#8a2be2", "#b35c00", "#007a8a", "#a0006e", "#556b00")
"""One for each entity of a picture, readable on white."""
NO_ANSWER_COLOUR = "#777777"
HTML_SIDE = 640
"""Longest side in pixels of the picture in a notebook."""
JPEG_QUALITY = 75
"""Of pictures inside a page: letters stay readable, and a report holds many."""
ROW_HEIGHT = 800
"""Height in pixels of pictures that are drawn side by side."""
PictureAnswers = tuple[Picture, Sequence[Answer]]
"""A picture with the answers whose evidence is on it."""
_SMALLEST_LETTERS, _LARGEST_LETTERS = 18, 48


def drawing_of(picture: Picture, answers: Sequence[Answer]) -> Image.Image:
    """The picture (height, width, 3; RGB) with the evidence of each answer, and a line for each below."""
    return _with_lines(_boxes_on(picture, answers), answers)


def drawing_of_product(pictures: Sequence[PictureAnswers], answers: Sequence[Answer]) -> Image.Image:
    """The pictures of a product, at least one, side by side with their evidence, and a line for each answer below."""
    drawn = [_boxes_on(*one) for one in pictures]
    scaled = [one.resize((max(1, round(one.width * ROW_HEIGHT / one.height)), ROW_HEIGHT)) for one in drawn]
    row = Image.new("RGB", (sum(one.width for one in scaled), ROW_HEIGHT), "white")
    left = 0
    for one in scaled:
        row.paste(one, (left, 0))
        left += one.width
    return _with_lines(row, answers)


def html_of(picture: Picture | None, answers: Sequence[Answer], name: str = "") -> str:
    """A table of the answers beside the picture with its evidence, for a notebook."""
    return html_of_product([] if picture is None else [(picture, answers)], answers, name)


def html_of_product(pictures: Sequence[PictureAnswers], answers: Sequence[Answer], name: str = "") -> str:
    """A table of the answers on a product beside its pictures, each with its evidence, for a notebook."""
    rows = "".join(
        f'<tr><td style="color:{_colour(i, answer)}">{html.escape(answer.entity)}</td>'
        f"<td><b>{html.escape(answer.text) or '&ndash;'}</b></td><td>{answer.status}</td>"
        f"<td>{f'{answer.confidence:.2f}' if answer.amount else ''}</td>"
        f"<td>{html.escape(answer.evidence_text or answer.reason)}</td></tr>"
        for i, answer in enumerate(answers)
    )
    head = "<tr><th>entity</th><th>answer</th><th>status</th><th>confidence</th><th>evidence</th></tr>"
    alt = html.escape(name, quote=True)
    shown = "".join(f'<img alt="{alt}" src="{data_url(_boxes_on(*one), HTML_SIDE)}">' for one in pictures)
    return f'<div style="display:flex;gap:1em;align-items:start">{shown}<table>{head}{rows}</table></div>'


def data_url(image: Image.Image, side: int) -> str:
    """A `data:` address of the image as JPEG, no side longer than `side` pixels."""
    small = image.copy()
    small.thumbnail((side, side))
    file = io.BytesIO()
    small.save(file, "JPEG", quality=JPEG_QUALITY, optimize=True)
    return f"data:image/jpeg;base64,{base64.b64encode(file.getvalue()).decode()}"


def _with_lines(drawn: Image.Image, answers: Sequence[Answer]) -> Image.Image:
    height = max(_SMALLEST_LETTERS, min(_LARGEST_LETTERS, drawn.width // 28))
    font = ImageFont.load_default(height)
    lines = [_line(answer) for answer in answers]
    width = max(drawn.width, *(int(font.getlength(line)) + 2 * height for line in lines), 1)
    sheet = Image.new("RGB", (width, drawn.height + int(1.5 * height) * len(lines) + height), "white")
    sheet.paste(drawn)
    draw = ImageDraw.Draw(sheet)
    for i, (line, answer) in enumerate(zip(lines, answers, strict=True)):
        draw.text(
            (height, drawn.height + height // 2 + i * int(1.5 * height)), line, fill=_colour(i, answer), font=font
        )
    return sheet


def _boxes_on(picture: Picture, answers: Sequence[Answer]) -> Image.Image:
    from shapely import MultiPoint

    drawn = Image.fromarray(picture)
    draw = ImageDraw.Draw(drawn)
    width = max(3, min(drawn.size) // 160)
    boxes: Counter[Box] = Counter()
    for i, answer in enumerate(answers):
        for token in answer.evidence:
            # Its lines leave the letters free; the next answer on the same text has its box around this one.
            outside = width * (1 + 1.6 * boxes[token.box])
            boxes[token.box] += 1
            larger = MultiPoint(token.box).convex_hull.buffer(outside, cap_style="square", join_style="mitre")
            corners = list(larger.exterior.coords)
            draw.line([*corners, corners[1]], fill=_colour(i, answer), width=width, joint="curve")
    return drawn


def _line(answer: Answer) -> str:
    if answer.amount is None:
        return f"{answer.entity}: -   ({answer.reason})"
    return f"{answer.entity}: {answer.text}   ({answer.status}, {answer.confidence:.2f})"


def _colour(position: int, answer: Answer) -> str:
    return NO_ANSWER_COLOUR if answer.amount is None else COLOURS[position % len(COLOURS)]
