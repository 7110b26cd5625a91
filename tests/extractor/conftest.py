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


@pytest.fixture(autouse=True)
def _light_workers(monkeypatch):
    """New processes import the main module, which is pytest here; without a name they do not."""
    monkeypatch.setattr(sys.modules["__main__"], "__spec__", None)
    monkeypatch.delattr(sys.modules["__main__"], "__file__", raising=False)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    """Commands tell of a proxy in the environment."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
