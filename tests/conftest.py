import os
import sys

import pytest
from hypothesis import HealthCheck, settings

# No test asserts a time: a busy machine fails none.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


@pytest.fixture(autouse=True, scope="session")
def _no_settings_of_the_user():
    """Files and variables of whoever runs the tests set nothing in them."""
    with pytest.MonkeyPatch.context() as patched:
        for name in [name for name in os.environ if name.startswith("EXTRACTOR_")]:
            patched.delenv(name)
        patched.setenv("EXTRACTOR_CONFIG", "none")
        yield


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
