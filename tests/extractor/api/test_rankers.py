"""Rankers by name, with the other spelling of the hand-set one."""

from pathlib import Path

import pytest

from extractor.api.rankers import RankerError, loaded_ranker, rules_key
from extractor.cli.shared import files_of_run
from rules import rules_version


def test_each_ranker_has_a_key_of_its_own():
    assert rules_key("learned") == rules_version()
    assert rules_key("hand-set") == f"{rules_version()} hand-set"


def test_none_is_another_spelling_of_hand_set():
    assert rules_key("none") == rules_key("hand-set")
    assert type(loaded_ranker("none")) is type(loaded_ranker("hand-set"))


@pytest.mark.parametrize("name", ["learned", "hand-set", "none"])
def test_a_ranker_of_the_package_is_not_a_file_of_the_run(name):
    assert list(files_of_run([], Path(), None, ranker=name)) == []


def test_an_unknown_name_lists_the_rankers():
    with pytest.raises(RankerError, match="there are learned, hand-set, or a file"):
        loaded_ranker("absent")
