"""Makes `dataset` importable: it belongs to the checkout and is not installed with the program."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
