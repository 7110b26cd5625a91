from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.evaluation.inputs import LabelledRows
from extractor.evaluation.metrics import Variant, outcome
from extractor.evaluation.mistakes import Kind, mistakes_of
from extractor.tables.labels import Label, parse_gold_label
from extractor.tables.rows import Row
from rules.outcome import Outcome

WIDTH = Row("0", "a.png", "", "width")
DEPTH = Row("1", "a.png", "", "depth")
DEPTH_ELSEWHERE = Row("1", "b.png", "", "depth")


@pytest.mark.parametrize(
    ("prediction", "primary", "accepted", "kind"),
    [
        ("", "10 inch", "", Kind.MISSED),
        ("5 inch", "EMPTY", "", Kind.ANSWERED_THOUGH_EMPTY),
        ("5 inch", "EMPTY", "6 inch", Kind.ANSWERED_THOUGH_EMPTY),
        ("ten inch", "10 inch", "", Kind.NOT_A_MEASURE),
        ("33 inch", "10 inch", "", Kind.OTHER_ENTITY),
        ("10.15 inch", "10 inch", "", Kind.CLOSE),
        ("25.4 centimetre", "10 inch", "", Kind.SAME_AMOUNT),
        ("10 centimetre", "10 inch", "", Kind.WRONG_UNIT),
        ("10 furlong", "10 inch", "", Kind.WRONG_UNIT),
        ("100 inch", "10 inch", "", Kind.FACTOR_OF_TEN),
        ("0.1 inch", "10 inch", "", Kind.FACTOR_OF_TEN),
        ("0.1 inch", "3 inch", "10 inch", Kind.FACTOR_OF_TEN),
        ("20 inch", "10 inch", "", Kind.ANOTHER_VALUE),
        ("0 inch", "10 inch", "", Kind.ANOTHER_VALUE),
        ("-10 inch", "10 inch", "", Kind.ANOTHER_VALUE),
        ("5 volt", "10 inch", "EMPTY", Kind.ANOTHER_VALUE),
    ],
)
def test_kind(prediction: str, primary: str, accepted: str, kind: Kind) -> None:
    labels = (parse_gold_label(primary, accepted), parse_gold_label("33 inch", ""))
    found = mistakes_of(LabelledRows((WIDTH, DEPTH), labels, ()), {"0": prediction, "1": "33 inch"})
    assert [(mistake.index, mistake.entity, mistake.kind) for mistake in found] == [("0", "width", kind)]


def test_another_picture_does_not_lend_its_values() -> None:
    labels = (parse_gold_label("10 inch", ""), parse_gold_label("33 inch", ""))
    found = mistakes_of(LabelledRows((WIDTH, DEPTH_ELSEWHERE), labels, ()), {"0": "33 inch", "1": "33 inch"})
    assert [mistake.kind for mistake in found] == [Kind.ANOTHER_VALUE]


@pytest.mark.parametrize(
    ("candidates", "primary", "among"),
    [
        (None, "10 inch", None),
        ({}, "10 inch", None),
        ({"0": ()}, "10 inch", False),
        ({"0": ("5 inch", "10 volt")}, "10 inch", False),
        ({"0": ("5 inch", "10.0 inch")}, "10 inch", True),
        ({"0": ("5 inch", "10.0 inch")}, "EMPTY", None),
    ],
)
def test_right_among_candidates(
    candidates: dict[str, tuple[str, ...]] | None, primary: str, among: bool | None
) -> None:
    labelled = LabelledRows((WIDTH,), (parse_gold_label(primary, ""),), ())
    (found,) = mistakes_of(labelled, {"0": "5 inch"}, candidates)
    assert found.right_among_candidates is among


NUMBERS = st.floats(allow_nan=True, allow_infinity=True).map(str) | st.sampled_from(["0", "1e308", "5e-324", "x"])
VALUES = st.builds("{} {}".format, NUMBERS, st.sampled_from(["inch", "volt", "cup", "x"])) | st.just("EMPTY")


@given(VALUES, VALUES, VALUES)
def test_a_row_is_a_mistake_exactly_when_it_is_wrong(prediction: str, primary: str, accepted: str) -> None:
    label: Label = parse_gold_label(primary, accepted)
    wrong = outcome(prediction, label, Variant.ACCEPTED) in (Outcome.FP, Outcome.FN)
    assert len(mistakes_of(LabelledRows((WIDTH,), (label,), ()), {"0": prediction})) == wrong
