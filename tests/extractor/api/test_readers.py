"""The options that a reader is made with."""

import pytest

import vlm.load
from extractor.api.readers import LazyReader, ReaderChoice


@pytest.fixture
def given(monkeypatch):
    """The options that the fingerprint is asked with."""
    options = []
    monkeypatch.setattr(vlm.load, "reader_fingerprint", lambda spec, given: options.append(given) or "nano")
    return options


@pytest.mark.parametrize("precision", vlm.load.PRECISIONS)
def test_the_precision_is_passed_on(given, precision):
    LazyReader(ReaderChoice("nano", precision=precision))
    assert [options.precision for options in given] == [precision]


def test_the_precision_is_the_readers_own_choice_by_default(given):
    LazyReader(ReaderChoice("nano"))
    assert [options.precision for options in given] == ["auto"]
