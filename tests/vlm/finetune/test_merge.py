"""Merging an adapter: into the full weights, never into those of four bits."""

from __future__ import annotations

import json
import shutil

import pytest

torch = pytest.importorskip("torch", reason="needs the vlm extra")
pytest.importorskip("peft", reason="needs the vlm extra")

from vlm.finetune.collate import Collator  # noqa: E402
from vlm.finetune.config import LORA_TARGETS  # noqa: E402
from vlm.finetune.errors import TrainError  # noqa: E402
from vlm.finetune.examples import Example  # noqa: E402
from vlm.finetune.merge import merge  # noqa: E402
from vlm.prompt import PROMPT_VERSION  # noqa: E402
from vlm.quantise import Quantisation, load_base  # noqa: E402
from vlm.reader import ReaderUnavailableError  # noqa: E402


@pytest.fixture(scope="module")
def adapter(tiny_reader_folder, tmp_path_factory):
    """A random adapter on the quantised tiny base, as training writes one."""
    from peft import LoraConfig, get_peft_model

    folder = tmp_path_factory.mktemp("adapter")
    base = load_base(tiny_reader_folder, Quantisation.NF4, torch.float32, "cpu")
    torch.manual_seed(1)
    get_peft_model(base, LoraConfig(r=4, target_modules=LORA_TARGETS, init_lora_weights=False)).save_pretrained(folder)
    (folder / "reader.json").write_text(json.dumps({"prompt_version": PROMPT_VERSION}))
    return folder


@pytest.fixture(scope="module")
def merged(adapter, tmp_path_factory):
    out = tmp_path_factory.mktemp("merged") / "model"
    merge(adapter, out, compute="fp32")
    return out


def test_the_merged_model_is_the_full_base_with_the_adapter(adapter, merged, tiny_reader_folder, tiny_processor):
    from peft import PeftModel

    batch = Collator(tiny_processor)([Example("", None, "width", "12.5 centimetre")])
    inputs = {name: tensor for name, tensor in batch.items() if name not in ("weight", "labels")}
    base = load_base(tiny_reader_folder, Quantisation.NONE, torch.float32, "cpu")
    with torch.no_grad():
        plain = base(**inputs).logits
        adapted = PeftModel.from_pretrained(base, adapter)(**inputs).logits
        said = load_base(merged, Quantisation.NONE, torch.float32, "cpu")(**inputs).logits
    assert not torch.allclose(plain, adapted, atol=1e-2)
    torch.testing.assert_close(said, adapted, atol=1e-4, rtol=1e-4)


def test_nothing_is_quantised_and_the_vision_tower_is_the_bases(merged, tiny_reader_folder):
    from safetensors.torch import load_file

    assert "quantization_config" not in json.loads((merged / "config.json").read_text())
    before, after = (load_file(folder / "model.safetensors") for folder in (tiny_reader_folder, merged))
    vision = [name for name in before if "vision" in name or "projector" in name]
    assert vision
    assert all(torch.equal(before[name], after[name]) for name in vision)


def test_processor_and_settings_come_along(merged):
    from transformers import PaliGemmaProcessor

    PaliGemmaProcessor.from_pretrained(merged, backend="pil")
    assert json.loads((merged / "reader.json").read_text()) == {"prompt_version": PROMPT_VERSION}


def test_the_number_type_is_the_one_asked_for(adapter, tmp_path):
    from safetensors.torch import load_file

    merge(adapter, tmp_path / "half")
    assert {tensor.dtype for tensor in load_file(tmp_path / "half" / "model.safetensors").values()} == {torch.bfloat16}


def test_a_folder_without_adapter_is_refused(tmp_path):
    with pytest.raises(TrainError, match="is no adapter"):
        merge(tmp_path, tmp_path / "out")


def test_an_adapter_is_looked_for_before_its_base(tmp_path):
    with pytest.raises(TrainError, match="is no adapter"):
        merge(tmp_path / "none", tmp_path / "out", base="./gone")
    (tmp_path / "adapter_config.json").write_text("{}")
    (tmp_path / "adapter_model.safetensors").write_text("")
    with pytest.raises(TrainError, match=r"names no base.*--base"):
        merge(tmp_path, tmp_path / "out")


def test_nothing_is_overwritten(adapter, tmp_path):
    (tmp_path / "kept.txt").write_text("kept")
    with pytest.raises(TrainError, match="is not empty"):
        merge(adapter, tmp_path)


def test_an_adapter_whose_base_is_gone_says_what_to_give(adapter, tmp_path):
    moved = shutil.copytree(adapter, tmp_path / "moved")
    settings = json.loads((moved / "adapter_config.json").read_text())
    (moved / "adapter_config.json").write_text(json.dumps(settings | {"base_model_name_or_path": "./gone"}))
    with pytest.raises(ReaderUnavailableError, match=r"no such folder.*Give --base"):
        merge(moved, tmp_path / "out")


def test_an_adapter_goes_into_no_other_base_than_its_own(adapter, tmp_path):
    other = shutil.copytree(adapter, tmp_path / "adapter")
    (other / "reader.json").write_text(json.dumps({"prompt_version": PROMPT_VERSION, "base_digest": "of another"}))
    with pytest.raises(ReaderUnavailableError, match="trained on weights with the digest of another"):
        merge(other, tmp_path / "merged")


def test_an_adapter_file_that_was_written_by_half_is_told(adapter, tmp_path):
    other = shutil.copytree(adapter, tmp_path / "adapter")
    (other / "adapter_config.json").write_text('{"peft_type": "LO')
    with pytest.raises(TrainError, match=r"adapter_config\.json cannot be read"):
        merge(other, tmp_path / "merged")
