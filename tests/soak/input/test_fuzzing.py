"""Parsers, serialisers and the prompt builder on any bytes: no exception, and what they give is valid.

`make soak` has atheris look for new ways through the code; CI tries a few hundred inputs by Hypothesis.
"""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import fuzz_targets
import pytest
from fuzz_seeds import seeds
from fuzz_targets import TARGETS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).parents[3]
SUPPORT = Path(fuzz_targets.__file__).parent
briefly = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def near(draw, inputs):
    """One of the inputs with a piece of another, or of anything, in place of a piece of its own."""
    data, other = draw(st.sampled_from(inputs)), draw(st.one_of(st.binary(max_size=12), st.sampled_from(inputs)))
    start = draw(st.integers(0, len(data)))
    end = draw(st.integers(start, len(data)))
    return data[:start] + other + data[end:]


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_holds_on_its_seeds_and_near_them(name):
    inputs = seeds(name)

    def holds(data):
        TARGETS[name].run(data)

    for data in inputs[:40]:
        holds(data)
    briefly(given(st.one_of(st.binary(max_size=200), near(inputs)))(holds))()


def test_the_long_form_has_two_million_executions():
    assert sum(target.count for target in TARGETS.values()) >= 2_000_000


@pytest.mark.soak
@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is not installed; `make soak` installs it")
@pytest.mark.parametrize("name", TARGETS)
def test_coverage_guided_fuzzing_finds_nothing(name, tmp_path):
    count = TARGETS[name].count
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(SUPPORT), str(ROOT)])}
    command = [sys.executable, str(SUPPORT / "fuzz.py"), name, str(count), str(tmp_path / name)]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, check=False)
    told = done.stderr.decode(errors="replace")
    assert done.returncode == 0, told[-3000:]
    executed = next(line for line in told.splitlines() if line.startswith("stat::number_of_executed_units"))
    assert int(executed.split()[-1]) >= count
    print(f"{name}: {executed}")
