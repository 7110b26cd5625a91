"""The report as one HTML file: template, style, scripts, figures and rows, nothing from elsewhere.

No text of a run becomes markup: figures are escaped, rows are JSON without `<` that the script sets as text, and the
policy in the head lets nothing run but that script.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html import escape

from extractor.report.budget import LIMIT, Fitted, fitted
from extractor.report.explanation import RulesOfRun
from extractor.report.figures import figures_html, summary_html
from extractor.report.sources import Sources
from extractor.report.value import Report
from extractor.report.words import KIND_WORDS, OUTCOME_WORDS
from extractor.web import asset

_PLACE = re.compile(r"\{\{(\w+)\}\}")
_WRITTEN_LAST = re.compile(r"\{\{(?:notes|data)\}\}")
_FOR_NOTES = 4000
"""Bytes kept free for the notes: they tell what found room."""


def report_html(report: Report, sources: Sources, rules: RulesOfRun, limit: int = LIMIT) -> bytes:
    """The whole file, at most `limit` bytes where the figures alone are no larger."""
    style = asset("base.css") + _own("report.css")
    script = asset("dom.js") + asset("picture.js") + "".join(map(_own, ("list.js", "detail.js", "report.js")))
    words = json.dumps({"kind": KIND_WORDS, "outcome": OUTCOME_WORDS}).replace("<", "\\u003c")
    parts = {
        "title": escape(report.title),
        "summary": summary_html(report),
        "figures": figures_html(report),
        "style": style,
        "script": script,
        "style_hash": _sha256(style),
        "script_hash": _sha256(script),
        "words": words,
    }
    before_notes, before_data, after = (_filled(part, parts) for part in _WRITTEN_LAST.split(_own("report.html")))
    room = limit - sum(map(len, (before_notes, before_data, after))) - _FOR_NOTES
    rows = fitted(report, sources, rules, max(0, room))
    return b"".join((before_notes, _bytes(_notes(report, rows, sources)), before_data, rows.json, after))


def _notes(report: Report, rows: Fitted, sources: Sources) -> str:
    """What the reader of the report has to know of what is not in it."""
    notes = []
    if report.evaluation is None:
        notes.append("There are no labels: answers, statuses, reasons and times only.")
    elif (unlabelled := len(report.rows) - report.evaluation.rows) > 0:
        notes.append(f"{unlabelled:,} rows have no label and do not count in the scores.")
    if rows.rows < len(report.rows):
        notes.append(
            f"{rows.rows:,} of {len(report.rows):,} rows found room in the list: errors and unsure answers first."
        )
    if rows.details < rows.rows:
        notes.append(f"{rows.details:,} of {rows.rows:,} rows can be looked into; the others found no room.")
    if rows.thumbnails < rows.pictures:
        notes.append(
            f"{rows.thumbnails:,} of {rows.pictures:,} pictures are shown; the others are linked, as there was no room "
            "or no file of theirs here (see --images)."
        )
    if rows.pages == 0:
        where = "the store does not have the pages" if sources.store else "there is no store"
        notes.append(
            f"All texts of a picture and the strokes beside them are not shown: {where} (see --store and --ocr). "
            "Boxes are those of evidence and candidates."
        )
    return "".join(f'<p class="note">{escape(note)}</p>' for note in notes)


def _filled(template: str, parts: dict[str, str]) -> bytes:
    """The template with the parts in their places."""
    return _bytes(_PLACE.sub(lambda place: parts[place[1]], template))


def _bytes(text: str) -> bytes:
    return text.encode(errors="backslashreplace")


def _sha256(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _own(name: str) -> str:
    return asset(name, __package__)
