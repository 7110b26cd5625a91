import pytest


@pytest.fixture(scope="session")
def unbroken(tmp_path_factory):
    """The output of a run that nothing stopped."""
    from stopped_run import unbroken_output

    return unbroken_output(tmp_path_factory.mktemp("unbroken") / "run")
