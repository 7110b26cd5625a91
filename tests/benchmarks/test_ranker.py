"""The benchmark of the ranker: what an arm hides, what counts as which mistake, and all tables of a small fit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.ranker import SHARES, Arm, Bench, report
from extractor.tables.labels import parse_gold_label
from extractor.training.boosting import BoostOptions
from extractor.training.examples import Choice, Question
from extractor.training.sources import FitQuestions
from rules.amount import Amount
from rules.constants import DIMENSIONS, ENTITIES

SMALL = BoostOptions(n_estimators=3, max_depth=2, max_features=1.0, min_samples_leaf=2, bags=1)


def asked(entity: str, picture: int) -> Question:
    """A row of which every third states nothing; the candidate with the line is right."""
    stated = picture % 3 > 0
    unit = "inch" if entity in ("width", "height", "depth") else "gram"
    features = (("along_size", -1.0), ("net", float(stated)), ("scale_off", 0.5), ("thing_area", 0.3))
    choices = (Choice(features, stated, Amount(4.0, unit)), Choice((), False, Amount(5.0, unit)))
    return Question(entity, f"{picture}.jpg", stated, not stated, choices, group=f"{picture % 2}")


def test_an_arm_hides_families_and_groups() -> None:
    shown = Arm(("extents",), groups=False).of(asked("width", 1))
    assert shown.group == ""
    assert [name for name, _ in shown.choices[0].features] == ["net", "thing_area"]
    assert Arm().of(asked("width", 1)) == asked("width", 1)


def test_all_tables_are_printed() -> None:
    pytest.importorskip("sklearn")
    questions = [asked(entity, picture) for entity in ENTITIES for picture in range(30)]
    labels = {
        (q.picture, q.entity): parse_gold_label(str(q.choices[0].amount) if q.stated else "EMPTY", "")
        for q in questions
    }
    lines: list[str] = []
    shipped = Arm(options=SMALL)
    arms = {"one": shipped, "other": replace(shipped, without=("extents",))}
    taught = [replace(q, picture=f"taught {q.picture}") for q in questions if q.entity in DIMENSIONS]
    labels |= {(q.picture, q.entity): labels[q.picture.removeprefix("taught "), q.entity] for q in taught}
    report(Bench(FitQuestions(tuple(questions), tuple(taught)), labels), 1, arms, shipped, lines.append)
    text = "\n".join(lines)
    assert text.count("| one |") == text.count("| other |") == 1
    assert all(f"| {share:.0%} of the pictures |" in text for share in SHARES)
    assert "| no | 1.000 |" in text
    assert "| yes | 1.000 |" in text
    assert "| one | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 |" in text
    assert sum(line.startswith(tuple(f"| {entity} |" for entity in ENTITIES)) for line in lines) == len(ENTITIES)
