"""Readers that load: a model, an adapter on its base, nano, and a hub's model from the cache."""

import json
import os
import subprocess
import sys

import pytest

pytest.importorskip("torch", reason="needs the vlm extra")
pytest.importorskip("transformers", reason="needs the vlm extra")
pytest.importorskip("peft", reason="needs the vlm extra")

import vlm.load
import vlm.source
from tests.vlm.support.readers import FP32, likelihoods, rebase
from vlm.load import ReaderOptions, create_reader, reader_fingerprint


def test_a_folder_with_a_model(tiny_reader_folder, tiny_model, tiny_processor, asked):
    from vlm.generate import PaliGemmaReader

    loaded = create_reader(str(tiny_reader_folder), FP32)
    assert loaded.read(asked) == PaliGemmaReader(tiny_model, tiny_processor).read(asked)
    assert loaded.fingerprint == reader_fingerprint(str(tiny_reader_folder), FP32)


def test_an_adapter_on_its_base_answers_otherwise_than_the_base(adapter, tiny_reader_folder, asked):
    with_adapter = create_reader(str(adapter), FP32)
    assert likelihoods(with_adapter, asked) != likelihoods(create_reader(str(tiny_reader_folder), FP32), asked)
    assert with_adapter.fingerprint == reader_fingerprint(str(adapter), FP32)


def test_an_adapter_answers_as_the_model_it_was_merged_into(adapter, tmp_path, tiny_processor, asked):
    from peft import PeftModel
    from transformers import PaliGemmaForConditionalGeneration

    base = json.loads((adapter / "adapter_config.json").read_text())["base_model_name_or_path"]
    model = PeftModel.from_pretrained(PaliGemmaForConditionalGeneration.from_pretrained(base), adapter)
    model.merge_and_unload().save_pretrained(tmp_path / "merged")
    tiny_processor.save_pretrained(tmp_path / "merged")
    merged = likelihoods(create_reader(str(tmp_path / "merged"), FP32), asked)
    for one, other in zip(merged, likelihoods(create_reader(str(adapter), FP32), asked), strict=True):
        assert [text for text, _ in one] == [text for text, _ in other]
        assert [p for _, p in one] == pytest.approx([p for _, p in other], rel=0.01)


def test_an_adapter_of_nano_stands_on_the_weights_of_the_package(adapter, tiny_reader_folder, asked, monkeypatch):
    expected = likelihoods(create_reader(str(adapter), FP32), asked)
    rebase(adapter, "nano")
    monkeypatch.setattr(vlm.source, "NANO_FOLDER", tiny_reader_folder)
    assert likelihoods(create_reader(str(adapter), FP32), asked) == expected


def test_nano_is_the_package_s_model_with_its_adapter(adapter, tiny_reader_folder, asked, monkeypatch):
    expected = likelihoods(create_reader(str(adapter), FP32), asked)
    rebase(adapter, "nano")
    monkeypatch.setattr(vlm.source, "NANO_FOLDER", tiny_reader_folder)
    monkeypatch.setattr(vlm.source, "NANO_ADAPTER", adapter)
    assert likelihoods(create_reader("nano", FP32), asked) == expected
    assert vlm.source.find_base("nano").adapter is None
    monkeypatch.setattr(vlm.source, "NANO_ADAPTER", tiny_reader_folder / "none")
    assert likelihoods(create_reader("nano", FP32), asked) != expected


def test_the_adapters_own_processor_is_taken(adapter, tiny_processor):
    tiny_processor.save_pretrained(adapter)
    file = adapter / "processor_config.json"
    config = json.loads(file.read_text())
    config["image_processor"]["image_mean"] = [0.1, 0.1, 0.1]
    file.write_text(json.dumps(config))
    reader = create_reader(str(adapter), FP32)
    assert list(reader._processor.image_processor.image_mean) == [0.1, 0.1, 0.1]


def test_pictures_are_prepared_by_pillow_even_where_torchvision_is_installed(tiny_reader_folder, monkeypatch):
    from transformers import PaliGemmaProcessor

    asked_for = []
    original = PaliGemmaProcessor.from_pretrained

    def recording(folder, **kwargs):
        asked_for.append(kwargs["backend"])
        return original(folder, **kwargs)

    monkeypatch.setattr(PaliGemmaProcessor, "from_pretrained", recording)
    processor = vlm.load.load_processor(vlm.source.find_source(str(tiny_reader_folder)))
    assert asked_for == ["pil"]
    assert type(processor.image_processor).__name__.endswith("Pil")


def test_a_cached_hub_model_needs_no_network(silent_hub, cached_hub_model, tiny_reader_folder, asked):
    reader = create_reader("somebody/reader", FP32)
    assert reader.fingerprint.startswith(f"somebody/reader@{cached_hub_model.name} ")
    assert likelihoods(reader, asked) == likelihoods(create_reader(str(tiny_reader_folder), FP32), asked)
    assert not any("somebody" in path for path in silent_hub)


def test_the_vision_tower_attends_by_sdpa_and_gemma_2_as_it_must(tiny_reader_folder):
    """Gemma 2 caps its attention's logits, which sdpa cannot."""
    model = create_reader(str(tiny_reader_folder), FP32)._model.model
    assert model.vision_tower.config._attn_implementation == "sdpa"
    assert model.language_model.config._attn_implementation == "eager"


def test_bars_are_drawn_only_where_they_are_wanted(tiny_reader_folder, capsys):
    create_reader(str(tiny_reader_folder), FP32)
    assert capsys.readouterr().err == ""
    create_reader(str(tiny_reader_folder), ReaderOptions(device="cpu", precision="fp32", bars=True))
    assert "100%" in capsys.readouterr().err


def test_libraries_send_no_telemetry_unless_asked():
    ask = "import vlm.load, huggingface_hub.constants as c; print(c.HF_HUB_DISABLE_TELEMETRY)"
    environment = {name: value for name, value in os.environ.items() if name != "HF_HUB_DISABLE_TELEMETRY"}
    for asked, disabled in (({}, "True"), ({"HF_HUB_DISABLE_TELEMETRY": "0"}, "False")):
        told = subprocess.check_output([sys.executable, "-c", ask], env=environment | asked, text=True)
        assert told.strip() == disabled


def test_importing_the_interface_needs_no_torch():
    import subprocess
    import sys

    code = (
        "import sys; sys.modules['torch'] = None; import vlm.load, vlm.prompt, vlm.reader, vlm.answer, vlm.settings, "
        "vlm.finetune.calibrate, vlm.grammar"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
