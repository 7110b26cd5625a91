"""Decisions from what Label Studio exports (JSON): the annotations of tasks that `audit --label-studio` wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor.review.decisions import Action, Decision, DecisionError, with_value
from extractor.review.label_studio import ANSWER, DECISION, DECISIONS
from extractor.tables.csv_file import InputError
from rules.entities import OFFICIAL, EntityTable


@dataclass(frozen=True, slots=True)
class Skipped:
    """An annotation that is no decision, and why."""

    index: str
    problem: str


def read_export(path: Path, table: EntityTable = OFFICIAL) -> tuple[list[Decision], list[Skipped]]:
    """The decisions of all annotations, and the annotations that hold none; a task that nobody annotated gives neither.

    Raises InputError when the file is no export of such tasks.
    """
    try:
        tasks = json.loads(path.read_bytes())
        found = [one for task in tasks for one in _of_task(task, table)]
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        advice = "export the project as JSON, made of the tasks of `extractor audit --label-studio`"
        raise InputError(f"{path} is no export of Label Studio with these tasks ({error!r}); {advice}") from error
    decisions = [one for one in found if isinstance(one, Decision)]
    return decisions, [one for one in found if isinstance(one, Skipped)]


def _of_task(task: Mapping[str, Any], table: EntityTable) -> Iterator[Decision | Skipped]:
    data = task["data"]
    index = str(data["index"])
    for annotation in task["annotations"]:
        if annotation.get("was_cancelled"):
            yield Skipped(index, "skipped in Label Studio")
            continue
        try:
            yield _decision(index, data, annotation, table)
        except DecisionError as error:
            yield Skipped(index, str(error))


def _decision(index: str, data: Mapping[str, Any], annotation: Mapping[str, Any], table: EntityTable) -> Decision:
    values = {one["from_name"]: one["value"] for one in annotation["result"]}
    (chosen,) = values.get(DECISION, {}).get("choices", [""])
    if chosen not in DECISIONS:
        raise DecisionError("no decision was chosen")
    undecided = Decision(
        index=index,
        image_link=str(data["image_link"]),
        entity=str(data["entity"]),
        label=str(data["label"]),
        verdict=str(data["verdict"]),
        suggestion=str(data["suggestion"]),
        action=Action(chosen),
        value="",
        rater=_rater(annotation.get("completed_by")),
        time=str(annotation.get("updated_at") or annotation.get("created_at") or ""),
    )
    return with_value(undecided, " ".join(values.get(ANSWER, {}).get("text", [])), table)


def _rater(completed_by: Any) -> str:
    """Label Studio exports a person by number, or with a name and an address."""
    return (
        str(completed_by.get("email") or completed_by.get("id"))
        if isinstance(completed_by, dict)
        else str(completed_by)
    )
