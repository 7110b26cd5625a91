"""Rankers by name, with the other spelling of the hand-set one."""

from pathlib import Path

import pytest

import rules
from extractor.api.rankers import RankerError, ranker_of, rules_fingerprint
from extractor.cli.settings import RunSettings
from rules import rules_version


def test_each_ranker_has_a_key_of_its_own():
    assert rules_fingerprint("learned") == rules_version()
    assert rules_fingerprint("hand-set") == f"{rules_version()} hand-set"


def test_none_is_another_spelling_of_hand_set():
    assert rules_fingerprint("none") == rules_fingerprint("hand-set")
    assert type(ranker_of("none")) is type(ranker_of("hand-set"))


@pytest.mark.parametrize("name", ["learned", "hand-set", "none"])
def test_a_ranker_of_the_package_is_not_a_file_of_the_run(name):
    assert list(RunSettings(ranker=name).files([], Path())) == []


def test_an_unknown_name_lists_the_rankers():
    with pytest.raises(RankerError, match="there are learned, hand-set, or a file"):
        ranker_of("absent")


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.999])
def test_a_ranker_that_was_written_by_half_is_told(tmp_path, share):
    text = (Path(rules.__file__).parent / "ranker.json").read_text()
    path = tmp_path / "ranker.json"
    path.write_text(text[: int(len(text) * share)])
    with pytest.raises(RankerError, match=r"ranker\.json"):
        ranker_of(str(path))


def test_a_file_that_is_nested_without_end_is_no_ranker(tmp_path):
    path = tmp_path / "ranker.json"
    path.write_text('{"format":' * 50_000)
    with pytest.raises(RankerError, match=r"ranker\.json"):
        ranker_of(str(path))
