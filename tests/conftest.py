import os

import pytest


@pytest.fixture(autouse=True, scope="session")
def _no_settings_of_the_user():
    """Files and variables of whoever runs the tests set nothing in them."""
    with pytest.MonkeyPatch.context() as patched:
        for name in [name for name in os.environ if name.startswith("EXTRACTOR_")]:
            patched.delenv(name)
        patched.setenv("EXTRACTOR_CONFIG", "none")
        yield
