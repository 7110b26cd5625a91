"""The policy that travels with a reader."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from extractor.api.policies import Gain, policy_of, read_gain, read_policy
from extractor.api.readers import ReaderChoice, ReaderError
from extractor.stages.combine import DEFAULT_POLICY
from extractor.training.policy_search import policy_json

FITTED = replace(DEFAULT_POLICY, margins=(("depth", -0.2), ("width", 0.1)), support_penalty=0.25, expected_f1=0.8)

GAIN = Gain(rows=40, f1=0.02, low=0.01, high=0.03, real=True)


def test_is_read_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text(policy_json(FITTED, GAIN))
    assert read_policy(tmp_path / "policy.json") == FITTED
    assert read_gain(tmp_path / "policy.json") == GAIN


def test_a_policy_may_say_nothing_of_its_gain(tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text("{}")
    assert read_gain(tmp_path / "policy.json") is None
    (tmp_path / "policy.json").write_text('{"gain": 3}')
    with pytest.raises(ReaderError, match="holds no policy"):
        read_gain(tmp_path / "policy.json")


def test_what_is_not_named_keeps_its_default(tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text('{"support_penalty": 1}')
    assert read_policy(tmp_path / "policy.json") == replace(DEFAULT_POLICY, support_penalty=1.0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "holds no policy"),
        ("[]", "holds no policy"),
        ('{"margins": 3}', "holds no policy"),
        ('{"edge": {}}', "edge"),
    ],
)
def test_a_file_that_is_none_is_refused_by_name(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "policy.json"
    file.write_text(text)
    with pytest.raises(ReaderError, match=said) as refused:
        read_policy(file)
    assert str(file) in str(refused.value)


def test_no_reader_and_own_readers_have_the_default() -> None:
    assert policy_of(None) == DEFAULT_POLICY
    assert policy_of(ReaderChoice("some.module:factory")) == DEFAULT_POLICY


def test_a_reader_brings_its_own(tmp_path: Path) -> None:
    pytest.importorskip("huggingface_hub", reason="needs the vlm extra")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "paligemma"}))
    assert policy_of(ReaderChoice(str(tmp_path))) == DEFAULT_POLICY
    (tmp_path / "policy.json").write_text(policy_json(FITTED, GAIN))
    assert policy_of(ReaderChoice(str(tmp_path))) == FITTED


def test_its_answers_do_not_depend_on_it(tmp_path: Path) -> None:
    pytest.importorskip("huggingface_hub", reason="needs the vlm extra")
    from vlm.source import digest

    (tmp_path / "config.json").write_text("{}")
    before = digest(tmp_path)
    (tmp_path / "policy.json").write_text(policy_json(FITTED, GAIN))
    assert digest(tmp_path) == before
    (tmp_path / "reader.json").write_text("{}")
    assert digest(tmp_path) != before
