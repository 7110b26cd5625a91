"""An audit for Label Studio: the labelling configuration, and tasks with pre-annotations.

A task is a row. Its regions are the tokens that the answer and the other candidates stand on; one id joins a region's
rectangle, text and role. Rectangles are in percent of the picture, turned about their first corner, as Label Studio has
them. The decision and the answer are asked once for each task, and begin with what the audit suggests.

A picture of the web is shown from its address. One in a file needs Label Studio's local storage: its task has the path
below `pictures_root`, the folder to name as LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

from extractor import __version__
from extractor.review.decisions import Action
from extractor.review.items import ReviewItem
from extractor.review.roles import CANDIDATE, EVIDENCE, roles_of
from extractor.review.verdicts import NOT_STATED, Audit
from extractor.sources.locate import is_fetched
from extractor.tables.trace import DIGITS
from ocr.token import OcrResult, OcrToken

PICTURE, RECTANGLE, TEXT, ROLE, DECISION, ANSWER = "picture", "rectangle", "text", "role", "decision", "answer"
"""The names of the parts of the configuration, which results refer to."""
DECISIONS = tuple(str(action) for action in Action if action is not Action.UNDO)


def config_path(tasks: Path) -> Path:
    """Where the configuration goes that belongs to a file of tasks."""
    return tasks.with_suffix(".xml")


def config_xml() -> str:
    """The labelling configuration."""
    view = ElementTree.Element("View")
    ElementTree.SubElement(view, "Header", value="$question", size="4")
    ElementTree.SubElement(view, "Text", name="reason", value="$reason")
    ElementTree.SubElement(view, "Image", name=PICTURE, value="$image", zoomControl="true", rotateControl="false")
    ElementTree.SubElement(view, "Rectangle", name=RECTANGLE, toName=PICTURE, strokeWidth="2", canRotate="true")
    ElementTree.SubElement(
        view, "TextArea", name=TEXT, toName=PICTURE, perRegion="true", editable="true", displayMode="region-list",
        maxSubmissions="1",
    )  # fmt: skip
    roles = ElementTree.SubElement(view, "Choices", name=ROLE, toName=PICTURE, perRegion="true", choice="single")
    for role in (EVIDENCE, CANDIDATE):
        ElementTree.SubElement(roles, "Choice", value=role)
    decision = ElementTree.SubElement(
        view, "Choices", name=DECISION, toName=PICTURE, choice="single", required="true", showInline="true"
    )
    for key, one in enumerate(DECISIONS, start=1):
        ElementTree.SubElement(decision, "Choice", value=one, hotkey=str(key))
    ElementTree.SubElement(
        view, "TextArea", name=ANSWER, toName=PICTURE, editable="true", maxSubmissions="1",
        placeholder="a number and a unit, for the decision: value",
    )  # fmt: skip
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"


def pictures_root(items: Iterable[ReviewItem]) -> Path | None:
    """The folder above the one that holds all pictures in files, as a storage must be a folder below it; None without.

    Raises nothing; where files share no folder it is the root of the system.
    """
    folders = {item.picture.parent for item in items if item.picture is not None and not _address(item)}
    return Path(os.path.commonpath(folders)).parent if folders else None


def tasks_json(items: Iterable[ReviewItem], root: Path | None) -> Iterator[bytes]:
    """The file of tasks, to be imported into a project with the configuration."""
    before = b"[\n"
    for item in items:
        yield before + json.dumps(task_of(item, root), ensure_ascii=False).encode(errors="backslashreplace")
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def task_of(item: ReviewItem, root: Path | None) -> dict[str, Any]:
    """The task of a row, as Label Studio imports it."""
    audit = item.audit
    row = audit.row
    label, suggestion = audit.label.text or NOT_STATED, audit.suggestion or Action.KEEP
    data = {
        "image": _image(item, root),
        "question": f"{row.entity}: label {label}, suggestion {suggestion}",
        "reason": f"{str(audit.verdict).replace('_', ' ')}: {audit.reason}",
        "index": row.index,
        "image_link": row.image_link,
        "group_id": row.group_id,
        "entity": row.entity,
        "label": audit.label.text,
        "verdict": str(audit.verdict),
        "suggestion": audit.suggestion,
        "suspicion": round(audit.suspicion, DIGITS),
    }
    prediction = {
        "model_version": f"extractor {__version__}",
        "score": data["suspicion"],
        "result": list(_results(audit, item.page)),
    }
    return {"data": data, "predictions": [prediction]}


def _results(audit: Audit, page: OcrResult | None) -> Iterator[dict[str, Any]]:
    """The parts of a pre-annotation: three for each region, then the decision and the answer."""
    if page is not None and page.width and page.height:
        for number, (token, role) in enumerate(roles_of(audit.answer).items()):
            of_picture = {"original_width": page.width, "original_height": page.height, "image_rotation": 0}
            box = _percent(token, page)
            region = {"id": f"token-{number}", "to_name": PICTURE, **of_picture}
            yield region | {"from_name": RECTANGLE, "type": "rectangle", "value": box}
            yield region | {"from_name": TEXT, "type": "textarea", "value": box | {"text": [token.text]}}
            yield region | {"from_name": ROLE, "type": "choices", "value": box | {"choices": [role]}}
    decision = Action.TAKE if audit.suggestion else Action.KEEP
    asked = {"to_name": PICTURE}
    yield asked | {"id": "decision", "from_name": DECISION, "type": "choices", "value": {"choices": [str(decision)]}}
    if audit.suggestion not in ("", NOT_STATED):
        yield asked | {"id": "answer", "from_name": ANSWER, "type": "textarea", "value": {"text": [audit.suggestion]}}


def _percent(token: OcrToken, page: OcrResult) -> dict[str, float]:
    (x, y), *_ = token.box
    return {
        "x": 100 * x / page.width,
        "y": 100 * y / page.height,
        "width": 100 * token.length / page.width,
        "height": 100 * token.letter_height / page.height,
        "rotation": token.angle % 360,
    }


def _address(item: ReviewItem) -> str:
    """The picture's address on the web, "" where it is in a file of the user's."""
    link = item.audit.row.picture
    return link if is_fetched(link) else ""


def _image(item: ReviewItem, root: Path | None) -> str:
    if item.picture is None or root is None or _address(item):
        return item.audit.row.picture
    return f"/data/local-files/?d={quote(item.picture.relative_to(root).as_posix())}"
