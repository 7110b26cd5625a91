"""Services of fake engines in real processes."""

import sys

import pytest
from running_service import running_service, wait_until


@pytest.fixture(scope="module")
def client():
    """One for all tests of a module that leave its processes alone."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys.modules["__main__"], "__spec__", None)
        patched.delattr(sys.modules["__main__"], "__file__", raising=False)
        with running_service() as running:
            yield running


@pytest.fixture(scope="module")
def service():
    return running_service


@pytest.fixture
def until():
    return wait_until
