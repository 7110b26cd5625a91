"""How large a soak test is: short in CI, long in `make soak`."""

import os

LONG = bool(os.environ.get("EXTRACTOR_SOAK"))  # at import: tests run without the user's variables


def size(*, short: int, long: int) -> int:
    """The number of cases to try: `long` where EXTRACTOR_SOAK is set."""
    return long if LONG else short
