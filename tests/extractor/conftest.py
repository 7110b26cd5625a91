"""Makes the helpers in `support` importable, also for the worker processes that tests start."""

import sys
from pathlib import Path

import pytest

SUPPORT = Path(__file__).parent / "support"
sys.path.insert(0, str(SUPPORT))


@pytest.fixture
def server():
    from picture_server import PictureServer

    with PictureServer() as running:
        yield running
