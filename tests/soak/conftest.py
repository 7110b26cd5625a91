"""Faults, bad input and hostile input in numbers: short in CI, long in `make soak`.

A test takes its number of cases from `soak_size.size`; one that has no short form is marked `soak`.
"""

import sys
from pathlib import Path

SOAK = Path(__file__).parent
TESTS = SOAK.parent
sys.path[:0] = [str(folder / "support") for folder in (SOAK, TESTS / "extractor", TESTS / "rules")]
