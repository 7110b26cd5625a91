"""`reader.json`, and the fingerprint of all that answers depend on."""

import json
import shutil

import pytest

pytest.importorskip("torch", reason="needs the vlm extra")
pytest.importorskip("transformers", reason="needs the vlm extra")
pytest.importorskip("peft", reason="needs the vlm extra")

import vlm.source
from tests.vlm.support.readers import FOUR_BIT, FP32, likelihoods
from vlm.decoding import Decoding
from vlm.load import ReaderOptions, ReaderUnavailableError, create_reader, reader_fingerprint
from vlm.prompt import PROMPT_VERSION, PromptForm
from vlm.settings import READER_FILE, ReaderSettings, read_settings, write_settings


def test_mix_weights_are_asked_in_their_own_form_unless_they_were_trained_in_another(tiny_reader_folder, tmp_path):
    mix = shutil.copytree(tiny_reader_folder, tmp_path / "paligemma2-3b-mix-448")
    assert create_reader(str(mix), FP32)._prompt_form is PromptForm.QUESTION_FIRST
    assert "question_first" in reader_fingerprint(str(mix), FP32)
    write_settings(mix, ReaderSettings())
    assert create_reader(str(mix), FP32)._prompt_form is PromptForm.PLACES
    assert create_reader(str(tiny_reader_folder), FP32)._prompt_form is PromptForm.PLACES


def test_settings_change_with_all_that_answers_depend_on(model_folder):
    spec = str(model_folder)
    seen = [reader_fingerprint(spec, FP32), reader_fingerprint(spec, FOUR_BIT)]
    seen.append(reader_fingerprint(spec, ReaderOptions(device="cpu", precision="fp32", decoding=Decoding.FREE)))
    write_settings(model_folder, ReaderSettings(temperature=2.0))
    seen.append(reader_fingerprint(spec, FP32))
    weights = bytearray((model_folder / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (model_folder / "model.safetensors").write_bytes(weights)
    seen.append(reader_fingerprint(spec, FP32))
    assert len(set(seen)) == len(seen)
    (model_folder / "README.md").write_text("scores")
    assert reader_fingerprint(spec, FP32) == seen[-1]
    assert reader_fingerprint(spec, ReaderOptions(device="cpu", precision="fp32", batch_size=3)) == seen[-1]


def test_big_files_are_digested_by_samples(tmp_path, monkeypatch):
    monkeypatch.setattr(vlm.source, "_READ_WHOLE", 1000)
    file = tmp_path / "model.safetensors"
    file.write_bytes(bytes(200_000))
    before = vlm.source.digest(tmp_path)
    file.write_bytes(bytes(199_999) + b"1")
    assert vlm.source.digest(tmp_path) != before


def test_the_temperature_is_read(model_folder, asked):
    plain = likelihoods(create_reader(str(model_folder), FP32), asked)
    write_settings(model_folder, ReaderSettings(temperature=20.0))
    warm = likelihoods(create_reader(str(model_folder), FP32), asked)
    assert warm[0][0][0] == plain[0][0][0]
    assert warm[0][0][1] > plain[0][0][1]


def test_writing_settings_keeps_what_others_wrote(tmp_path):
    (tmp_path / READER_FILE).write_text(json.dumps({"base": "nano", "temperature": 1.0}))
    write_settings(tmp_path, ReaderSettings(resolution=448, temperature=1.5))
    assert read_settings(tmp_path) == ReaderSettings(PROMPT_VERSION, 448, 1.5)
    assert json.loads((tmp_path / READER_FILE).read_text())["base"] == "nano"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"prompt_version": "0"}, "prompt version '0'.*train it again"),
        ({"temperature": 0}, "temperature: input should be greater than 0"),
        ({"temperature": "hot"}, "cannot be read"),
        ({"temperature": "hot", "resolution": -1}, "cannot be read: resolution: .*; temperature: .* got 'hot'"),
        ({"resolution": 448}, "448 pixels"),
    ],
)
def test_settings_that_do_not_fit_are_refused(model_folder, written, message):
    (model_folder / READER_FILE).write_text(json.dumps(written))
    with pytest.raises(ReaderUnavailableError, match=message):
        create_reader(str(model_folder), FP32)


def test_another_prompt_version_is_refused_before_the_weights_are_needed(model_folder):
    (model_folder / READER_FILE).write_text(json.dumps({"prompt_version": "0"}))
    with pytest.raises(ReaderUnavailableError, match="prompt version"):
        reader_fingerprint(str(model_folder), FP32)


def test_broken_settings_are_refused(model_folder):
    (model_folder / READER_FILE).write_text("{")
    with pytest.raises(ReaderUnavailableError, match=r"reader\.json cannot be read"):
        create_reader(str(model_folder), FP32)
