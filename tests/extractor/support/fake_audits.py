"""A small audit on disk, made without OCR: pictures that state weights, and labels of which some are wrong.

It promises: row N (from 0) asks for the weight on a drawn picture that states `N+1 kg` in a box; its label is right,
but `500.0 gram` in every third row, and in every fourth there is no answer. Rows come in the order of N.
"""

import hashlib
from pathlib import Path

from PIL import Image, ImageDraw

from extractor.review.audit import audit
from extractor.review.audit_table import audit_lines
from extractor.review.items import ReviewItem, item_line, items_path
from extractor.stages.answer import Answer, Candidate
from extractor.stages.reason import Reason
from extractor.tables.labels import parse_label
from extractor.tables.rows import Row, Table
from ocr.token import OcrResult, OcrToken
from rules.amount import Amount

SIZE = (600, 400)
BOX = ((200.0, 150.0), (400.0, 150.0), (400.0, 210.0), (200.0, 210.0))
OTHER = ((20.0, 20.0), (180.0, 20.0), (180.0, 50.0), (20.0, 50.0))


def answer_on(number, text=None, entity="item_weight"):
    """The answer on picture `number`; `text` is what was read in the box."""
    token = OcrToken(text or f"{number + 1} kg", BOX, 0.99)
    amount = Amount(float(number + 1), "kilogram")
    candidate = Candidate(amount, 1.0, 0.95, token.text, (), (token,))
    if number % 4 == 3:
        return Answer(entity, None, Reason.NO_CANDIDATE, 0.0)
    return Answer(entity, amount, Reason.ANSWERED, 0.95, evidence=(token,), candidates=(candidate,))


def label_of(number):
    return "500.0 gram" if number % 3 == 2 else f"{number + 1}.0 kilogram"


def draw_picture(path, number):
    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((200, 150, 400, 210), outline="black")
    draw.text((210, 155), f"{number + 1} kg", fill="black", font_size=40)
    draw.text((22, 24), "other text", fill="black", font_size=20)
    image.save(path)


def write_audit(folder, rows=10, text=None, name="picture {}.png"):
    """Writes the pictures and the audit; the path of `audit.csv`. `text` is read in each box instead of the weight."""
    audits, items = [], []
    for number in range(rows):
        picture = Path(folder) / name.format(number)
        draw_picture(picture, number)
        row = Row(str(number), picture.name, "7", "item_weight")
        answer = answer_on(number, text)
        audits.append(audit(row, parse_label(label_of(number)), answer))
        tokens = (*answer.evidence, OcrToken("other text", OTHER, 0.9))
        page = OcrResult(tokens, *SIZE)
        sha256 = hashlib.sha256(picture.read_bytes()).hexdigest()
        items.append(ReviewItem(row.index, audits[-1], picture, sha256, page))
    out = Path(folder) / "audit.csv"
    columns = {
        "index": tuple(one.row.index for one in audits),
        "image_link": tuple(one.row.image_link for one in audits),
        "group_id": tuple(one.row.group_id for one in audits),
        "entity_name": tuple(one.row.entity for one in audits),
        "entity_value": tuple(one.label.text for one in audits),
    }
    table = Table(out, columns, tuple(range(2, rows + 2)))
    out.write_bytes(b"".join(audit_lines(table, audits, range(rows))))
    items_path(out).write_bytes(b"".join(map(item_line, items)))
    return out
