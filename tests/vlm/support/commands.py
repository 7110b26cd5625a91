"""The commands as the shell would run them, in this process."""

from __future__ import annotations

import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

import dataset
from extractor.__main__ import main

DRAWN = Path(dataset.__file__).parent


def run_command(*arguments: object, store: Path) -> str:
    """What the command wrote to stderr; it must end well.

    New worker processes import the main module, which is pytest here; without a name they do not.
    """
    out, err = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patched, redirect_stdout(out), redirect_stderr(err):
        patched.setattr(sys.modules["__main__"], "__spec__", None)
        patched.delattr(sys.modules["__main__"], "__file__", raising=False)
        patched.setenv("EXTRACTOR_STORE", str(store))
        patched.setattr(sys, "argv", ["extractor", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
    assert not ended.value.code, err.getvalue()
    return err.getvalue()
