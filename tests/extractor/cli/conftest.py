import io
import sys
from contextlib import redirect_stderr, redirect_stdout

import pytest

from extractor.__main__ import main


@pytest.fixture
def run_command(monkeypatch):
    """Runs the command line in this process; gives the exit code and what went to stdout and stderr."""

    def go(*arguments):
        monkeypatch.setattr(sys, "argv", ["extractor", *map(str, arguments)])
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code or 0, out.getvalue(), err.getvalue()

    return go
