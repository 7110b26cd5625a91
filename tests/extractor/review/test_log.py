"""Decisions and their log: normalised, appended, taken back, and there after a crash."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from fake_audits import write_audit

from extractor.review.decisions import Action, DecisionError, Outcome, decide, value_of
from extractor.review.items import ReviewItems
from extractor.review.log import DecisionLog, read_decisions
from extractor.review.session import ReviewSession, seconds_per_decision
from extractor.tables.csv_file import InputError

KEEP, TAKE, VALUE, UNSURE, UNDO = Action.KEEP, Action.TAKE, Action.VALUE, Action.UNSURE, Action.UNDO


@pytest.fixture
def items(tmp_path):
    return ReviewItems(write_audit(tmp_path))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "log.jsonl"


def decided(items, position, action, typed="", time=None):
    return decide(items[position].audit, action, typed, "kim", time)


@pytest.mark.parametrize(
    ("position", "action", "typed", "value", "outcome"),
    [
        (0, KEEP, "", "1.0 kilogram", Outcome.KEPT),
        (2, TAKE, "", "3.0 kilogram", Outcome.CHANGED),
        (3, TAKE, "", "", Outcome.EMPTIED),
        (0, Action.NOT_STATED, "", "", Outcome.EMPTIED),
        (0, VALUE, "34g", "34.0 gram", Outcome.CHANGED),
        (0, VALUE, "1 kg", "1.0 kilogram", Outcome.KEPT),
        (0, UNSURE, "", "", Outcome.OPEN),
    ],
)
def test_what_becomes_of_a_label(items, position, action, typed, value, outcome):
    decision = decided(items, position, action, typed)
    assert (decision.value, decision.outcome, decision.rater) == (value, outcome, "kim")
    assert decision.time.endswith("+00:00")


@pytest.mark.parametrize(
    ("typed", "entity", "said"),
    [
        ("", "width", "type a number and a unit"),
        ("12", "width", "units of width: centimetre, foot, inch"),
        ("12 parsecs", "width", "units of width: centimetre"),
        ("wide", "width", "is no number with a unit"),
        ("5 kg", "width", "has no unit of width"),
        ("3 cm and 5 cm", "width", "several measures"),
        ("-3 cm", "width", "cannot be the width"),
        ("9e9 km", "width", "cannot be the width"),
        ("not stated", "width", "states no value"),
    ],
)
def test_a_typed_value_that_cannot_be_is_told_why(typed, entity, said):
    with pytest.raises(DecisionError, match=said):
        value_of(typed, entity)


def test_there_is_nothing_to_take_where_the_label_is_fine(items):
    with pytest.raises(DecisionError, match="no suggestion"):
        decided(items, 0, TAKE)


def test_a_log_holds_what_was_appended_and_undo_takes_the_last_back(items, path):
    with DecisionLog(path) as log:
        session = ReviewSession(items, log, "kim")
        session.decide(0, KEEP, "")
        session.decide(2, TAKE, "")
        session.decide(2, VALUE, "4 kg")
        assert session.decision_on(2).value == "4.0 kilogram"
        assert session.undo() == 2
        assert session.decision_on(2).value == "3.0 kilogram"
        assert session.undo() == 2
        assert session.decision_on(2) is None
        assert session.progress() == ReviewSession(items, log, "kim").progress()
        assert (session.progress().decided, session.progress().next) == (1, 1)
    assert len(path.read_text().splitlines()) == 5
    assert list(read_decisions(path)) == ["0"]
    with DecisionLog(path) as log:
        session = ReviewSession(items, log, "kim")
        assert session.undo() == 0
        with pytest.raises(DecisionError, match="no decision to take back"):
            session.undo()


def test_the_next_row_is_the_first_open_one_behind_and_then_from_the_start(items, path):
    with DecisionLog(path) as log:
        session = ReviewSession(items, log, "kim")
        session.decide(9, KEEP, "")
        assert session.progress(after=9).next == 0
        session.decide(5, TAKE, "")
        assert session.progress(after=4).next == 6
        for position in range(9):
            session.decide(position, UNSURE, "")
        assert (session.progress(after=8).next, session.progress().decided) == (None, 10)


def test_a_torn_line_is_dropped_and_the_review_goes_on(items, path):
    with DecisionLog(path) as log:
        log.append(decided(items, 0, KEEP))
        log.append(decided(items, 1, KEEP))
    path.write_bytes(path.read_bytes()[:-7])
    assert list(read_decisions(path)) == ["0"]
    with DecisionLog(path) as log:
        assert [one.index for one in log.standing] == ["0"]
        log.append(decided(items, 2, TAKE))
    assert list(read_decisions(path)) == ["0", "2"]


KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[3])
from pathlib import Path
from extractor.review.decisions import Action, decide
from extractor.review.items import ReviewItems
from extractor.review.log import DecisionLog
items = ReviewItems(Path(sys.argv[1]))
log = DecisionLog(Path(sys.argv[2]))
for position in range(4):
    log.append(decide(items[position].audit, Action.UNSURE, "", "kim"))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_a_kill_costs_no_decision(items, path, tmp_path):
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", KILLED, tmp_path / "audit.csv", path, root]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    with DecisionLog(path) as log:
        assert ReviewSession(items, log, "kim").progress().next == 4


OPENS = """
import sys
from pathlib import Path
from extractor.review.log import DecisionLog
try:
    DecisionLog(Path(sys.argv[1]))
except Exception as error:
    print(error)
"""


def test_one_process_at_a_time_writes_a_log(items, path):
    command = [sys.executable, "-c", OPENS, path]
    root = Path(__file__).parents[3]
    with DecisionLog(path) as log:
        log.append(decided(items, 0, KEEP))
        said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=root).stdout
        assert said == f"{path} is open in another review; end that one, or name another file with --log\n"
        log.append(decided(items, 1, KEEP))
    assert subprocess.run(command, check=True, capture_output=True, text=True, cwd=root).stdout == ""
    assert list(read_decisions(path)) == ["0", "1"]


def test_a_log_that_is_open_is_not_written_over(items, path, tmp_path):
    (tmp_path / "export.json").write_text("[]")
    root = Path(__file__).parents[3]
    command = [sys.executable, "-m", "extractor", "review", "import", tmp_path / "export.json", "--out", path]
    with DecisionLog(path) as log:
        log.append(decided(items, 0, KEEP))
        done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=root)
        assert done.returncode == 2
        assert f"{path} is open in another review; end that one, or name another file with --out" in done.stderr
        log.append(decided(items, 1, KEEP))
    assert list(read_decisions(path)) == ["0", "1"]
    assert subprocess.run(command, check=False, cwd=root).returncode == 0
    assert path.read_text() == ""


@pytest.mark.parametrize("content", ["nonsense\n", '{"index": "1"}\n'])
def test_another_file_is_no_log_and_stays_as_it_is(path, content):
    path.write_text(content)
    with pytest.raises(InputError, match="line 1: not a line of a review's log"):
        DecisionLog(path)
    assert path.read_text() == content


def test_the_log_of_another_audit_is_refused(items, path, tmp_path):
    with DecisionLog(path) as log:
        log.append(decided(items, 9, KEEP))
    other = tmp_path / "other"
    other.mkdir()
    for rows, name in ((5, "picture {}.png"), (10, "photo {}.png")):
        with DecisionLog(path) as log, pytest.raises(InputError, match="belongs to another audit"):
            ReviewSession(ReviewItems(write_audit(other, rows=rows, name=name)), log, "kim")


def test_the_pace_leaves_pauses_out_and_wants_a_few_decisions(items):
    times = [f"2026-01-01T10:00:{second:02}+00:00" for second in (0, 4, 8, 12)]
    decisions = [decided(items, 0, KEEP, time=time) for time in times]
    assert seconds_per_decision(decisions) is None
    decisions += [decided(items, 0, KEEP, time=f"2026-01-01T12:00:{second:02}+00:00") for second in (0, 4)]
    assert seconds_per_decision(decisions) == 4.0
