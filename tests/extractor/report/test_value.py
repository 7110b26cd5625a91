import pytest
from fake_rows import LABELS, ROWS, candidate, row_answer, scored

from extractor.report.times import StageTime, stage_times
from extractor.report.value import Result, report_of
from extractor.tables.trace import StageSeconds


@pytest.mark.parametrize(
    "index, result, rank",
    [
        ("right", Result.RIGHT, 2),
        ("wrong", Result.WRONG, 0),
        ("missing", Result.MISSING, 0),
        ("empty", Result.RIGHT, 2),
        ("other", Result.UNLABELLED, 1),
    ],
)
def test_rows_stand_beside_their_labels(index, result, rank):
    (row,) = [row for row in report_of("run", ROWS, scored(ROWS, LABELS)).rows if row.answered.row.index == index]
    assert (row.result, row.rank) == (result, rank)


def test_an_ambiguous_answer_is_worth_a_look():
    likely = (candidate("3.0 inch", 0.9), candidate("9.0 inch", 0.8))
    (row,) = report_of("run", [row_answer("1", text="3.0 inch", confidence=0.9, candidates=likely)]).rows
    assert row.rank == 1


def test_only_labelled_answers_are_calibrated():
    report = report_of("run", ROWS, scored(ROWS, LABELS))
    assert [(one.answers, one.right) for one in report.calibration.bins] == [(1, 0), (1, 1)]
    assert [(one.right, one.answered) for one in report.confusions] == [("foot", "inch")]


def test_without_labels_there_are_answers_statuses_and_reasons():
    report = report_of("run", ROWS)
    assert (report.evaluation, report.calibration, report.confusions) == (None, None, ())
    assert {row.result for row in report.rows} == {Result.UNLABELLED}
    assert report.statuses == (("verified", 2), ("not_found", 2), ("low_confidence", 1))
    assert report.reasons == (("no_candidate", 2),)


def test_times_count_a_picture_once_and_leave_out_what_took_none():
    rows = [
        row_answer("1", link="a.png", seconds=StageSeconds(0.0, 2.0, 0.1)),
        row_answer("2", link=" a.png ", seconds=StageSeconds(0.0, 2.0, 0.3)),
        row_answer("3", link="b.png", seconds=StageSeconds(0.0, 4.0, 0.0)),
        row_answer("4", link="c.png", seconds=StageSeconds(0.0, 0.0, 0.0)),
    ]
    ocr, rules = stage_times(rows)
    assert ocr == StageTime("ocr", "picture", 2, 6.0, 3.0, pytest.approx(3.9))
    assert (rules.stage, rules.per, rules.timed, rules.total) == ("rules", "row", 2, pytest.approx(0.4))
