"""Rows of a run, made by hand: answers with evidence and candidates, as `predict` gives them."""

from dataclasses import fields, replace

from extractor.evaluation.evaluate import evaluate
from extractor.evaluation.inputs import LabelledRows, answers_of_run
from extractor.report.value import Scored
from extractor.stages.answer import Answer, Candidate
from extractor.stages.product import ProductAnswer, Stance, Statement
from extractor.stages.reason import Reason
from extractor.tables.labels import parse_label
from extractor.tables.rows import Row
from extractor.tables.trace import ProductPicture, RowAnswer, StagesCached, StageSeconds
from ocr.token import OcrToken
from rules.amount import Amount


def amount(text):
    number, unit = text.split(" ", 1)
    return Amount(float(number), unit)


def token(text, left=10.0, top=20.0, width=80.0, height=16.0):
    right, bottom = left + width, top + height
    return OcrToken(text, ((left, top), (right, top), (right, bottom), (left, bottom)), 0.99)


def candidate(text, confidence=0.9, printed=None, features=(), evidence=None):
    printed = printed or text
    tokens = (token(printed),) if evidence is None else evidence
    return Candidate(amount(text), 1.0, confidence, printed, tuple(features), tokens)


def row_answer(index, entity="width", text="", confidence=0.9, link=None, sha256=None, seconds=None, **more):
    """The answer `text` to a row, "" for none, on a token that states just that."""
    tokens = (token(text),) if text else ()
    found = {"evidence": tokens, "candidates": (candidate(text, confidence),)} if text else {}
    reason = Reason.ANSWERED if text else Reason.NO_CANDIDATE
    answer = Answer(entity, amount(text) if text else None, reason, confidence, **(found | more))
    row = Row(index, link or f"pictures/{index}.png", "", entity)
    return RowAnswer(row, answer, sha256, seconds or StageSeconds(0.0, 0.5, 0.01), StagesCached())


STATEMENTS = (
    Statement(0, Stance.AGREES, Amount(3.0, "inch"), 0.9, "W 3 in", (token("W 3 in"),)),
    Statement(None, Stance.AGREES, Amount(3.0, "inch"), 0.5, "3 in wide", ()),
    Statement(1, Stance.CONTRADICTS, Amount(4.0, "inch"), 0.25, "4 in", (token("4 in"),)),
)


def asking(*links, entity="item_weight"):
    """A row for each link."""
    return [Row(f"{entity} {i}", link, "1", entity) for i, link in enumerate(links)]


def predictions(result):
    """What a run answered, in the order of its rows."""
    return [one.prediction for one in result.rows]


def of_product(alone, title="Shelf, 3 in wide", statements=STATEMENTS, pictures=None):
    """The row as one of product p1, whose first picture is its own and whose second states something else."""
    known = {one.name: getattr(alone.answer, one.name) for one in fields(Answer)}
    answer = ProductAnswer(**known, statements=statements)
    if pictures is None:
        pictures = ProductPicture(alone.row.image_link, alone.sha256), ProductPicture("pictures/back.png", "cd" * 32)
    return replace(alone, row=replace(alone.row, product="p1", title=title), answer=answer, pictures=pictures)


def scored(rows, labels):
    """The rows scored with labels by index."""
    kept = [one.row for one in rows if one.row.index in labels]
    labelled = LabelledRows(tuple(kept), tuple(parse_label(labels[row.index]) for row in kept), ("entity_value",))
    answers = answers_of_run(rows)
    return Scored(labelled, evaluate(labelled, answers.predictions, trust=answers.trust))


ROWS = (
    row_answer("right", text="3.0 inch", confidence=0.95),
    row_answer("wrong", text="4.0 inch", confidence=0.85),
    row_answer("missing"),
    row_answer("empty"),
    row_answer("other", text="5.0 inch", confidence=0.3),
)
LABELS = {"right": "3 inch", "wrong": "3 foot", "missing": "3 inch", "empty": ""}
