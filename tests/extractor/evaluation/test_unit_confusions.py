import pytest

from extractor.evaluation.inputs import LabelledRows
from extractor.evaluation.unit_confusions import UnitConfusion, unit_confusions
from extractor.tables.labels import parse_label
from extractor.tables.rows import Row


def confusions(*pairs):
    rows = tuple(Row(str(i), "a.png", "", "width") for i in range(len(pairs)))
    labelled = LabelledRows(rows, tuple(parse_label(label) for label, _ in pairs), ("entity_value",))
    return unit_confusions(labelled, {str(i): answer for i, (_, answer) in enumerate(pairs)})


@pytest.mark.parametrize(
    "label, answer",
    [
        ("3 inch", "4.0 inch"),  # wrong, in the right unit
        ("3 inch", ""),
        ("", "3.0 inch"),
        ("3 inch to 9 centimetre", "4.0 inch"),  # one of the accepted units
    ],
)
def test_other_mistakes_are_no_confusion(label, answer):
    assert confusions((label, answer)) == ()


def test_confusions_are_counted_most_frequent_first():
    found = confusions(("3 inch", "3.0 foot"), ("3 gram", "3.0 ounce"), ("4 gram", "5.0 ounce"), ("1 inch", "1.0 inch"))
    assert found == (UnitConfusion("gram", "ounce", 2), UnitConfusion("inch", "foot", 1))
