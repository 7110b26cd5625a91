"""What every test of faults wants: a look at the output of a run that something broke."""

import json

from stopped_run import PICTURES

HEADER = b"index,prediction\n"
ROWS = 2 * PICTURES


def check_whole_or_absent(run, whole):
    """The output, if there is one, has each row: its answer, or none where its worker was killed."""
    out = run.folder / "in_out.csv"
    if not out.exists():
        return
    lines = out.read_bytes().splitlines()
    trace = [json.loads(line) for line in (run.folder / "in_out_trace.jsonl").read_bytes().splitlines()]
    assert len(lines) == ROWS + 1
    assert len(trace) == ROWS
    for line, expected, traced in zip(lines[1:], whole.splitlines()[1:], trace, strict=True):
        assert line == expected or traced["reason"] == "ocr_crashed", (line, traced["reason"])


def check_told(process, errors):
    """A run that failed says so in words, and ends with a code for it."""
    assert process.returncode in (1, 2), (process.returncode, errors)
    assert errors.startswith("error: "), errors
    assert "Traceback" not in errors, errors
