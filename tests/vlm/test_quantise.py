"""Four bits: only the language model, and exact before and after a pass without gradients."""

from __future__ import annotations

import re
import shutil

import pytest

torch = pytest.importorskip("torch", reason="needs the vlm extra")
pytest.importorskip("bitsandbytes", reason="needs the vlm extra")
pytest.importorskip("peft", reason="needs the vlm extra")

from vlm.finetune.collate import Collator  # noqa: E402
from vlm.finetune.config import LORA_TARGETS  # noqa: E402
from vlm.finetune.examples import Example  # noqa: E402
from vlm.load import load_model  # noqa: E402
from vlm.quantise import Quantisation, can_quantise, load_base  # noqa: E402
from vlm.settings import ReaderSettings, write_settings  # noqa: E402
from vlm.source import find_base  # noqa: E402


@pytest.fixture
def adapted(tiny_reader_folder):
    from peft import LoraConfig, get_peft_model

    base = load_base(tiny_reader_folder, Quantisation.NF4, torch.bfloat16, "cpu")
    torch.manual_seed(0)
    return get_peft_model(base, LoraConfig(r=4, target_modules=LORA_TARGETS, init_lora_weights=False))


def test_only_language_projections_are_quantised(adapted):
    from bitsandbytes.nn import Linear4bit

    quantised = [name for name, module in adapted.named_modules() if isinstance(module, Linear4bit)]
    assert len(quantised) == 14
    assert all(".language_model." in name for name in quantised)


def test_projections_that_a_base_names_stay_as_they_are(tiny_reader_folder, tmp_path):
    """By name in its `reader.json`, as nano does."""
    from bitsandbytes.nn import Linear4bit

    folder = shutil.copytree(tiny_reader_folder, tmp_path / "base")
    write_settings(folder, ReaderSettings(precise=("q_proj", "k_proj")))
    model = load_model(find_base(str(folder)), Quantisation.NF4, torch.float32, "cpu")
    quantised = [name for name, module in model.named_modules() if isinstance(module, Linear4bit)]
    assert len(quantised) == 10
    assert not any(name.endswith(("q_proj", "k_proj")) for name in quantised)


def test_what_this_machine_can_quantise_is_tried(monkeypatch):
    assert can_quantise("cpu")
    monkeypatch.setattr("bitsandbytes.functional.quantize_4bit", None)
    assert not can_quantise("cpu")


def test_four_bit_layers_compute_in_the_type_asked_for(adapted):
    """Transformers ignores the setting when its name is misspelt, and computes in fp32."""
    from bitsandbytes.nn import Linear4bit

    types = {module.compute_dtype for module in adapted.modules() if isinstance(module, Linear4bit)}
    assert types == {torch.bfloat16}


def test_weights_are_repacked_on_no_cpu(tiny_reader_folder, monkeypatch):
    """Whatever the CPU of this machine: one that has AVX512-BF16 is pretended."""
    from bitsandbytes.nn import Linear4bit
    from bitsandbytes.nn import modules as of_bitsandbytes

    monkeypatch.setattr(of_bitsandbytes, "has_avx512bf16", lambda: True)
    assert Linear4bit(4, 4).support_avx512bf16_for_cpu
    base = load_base(tiny_reader_folder, Quantisation.NF4, torch.bfloat16, "cpu")
    layers = [module for module in base.modules() if isinstance(module, Linear4bit)]
    assert layers
    assert not any(layer.support_avx512bf16_for_cpu for layer in layers)


def test_adapters_touch_no_vision_module(adapted):
    trained = [name for name, parameter in adapted.named_parameters() if parameter.requires_grad]
    assert len(trained) == 28
    assert all(".language_model." in name and "lora_" in name for name in trained)


@pytest.mark.parametrize(
    ("name", "adapted"),
    [
        ("model.language_model.layers.0.self_attn.q_proj", True),
        ("base_model.model.model.language_model.layers.25.mlp.down_proj", True),
        ("model.vision_tower.vision_model.encoder.layers.0.self_attn.q_proj", False),
        ("model.multi_modal_projector.linear", False),
        ("lm_head", False),
    ],
)
def test_target_pattern(name, adapted):
    assert bool(re.fullmatch(LORA_TARGETS, name)) is adapted


def test_gradients_agree_before_and_after_a_pass_without_gradients(adapted, tiny_processor):
    """On CPUs with AVX512-BF16 such a pass repacks 4-bit weights for good unless it is told not to; on others this
    cannot fail.
    """
    inputs = Collator(tiny_processor)([Example("", None, "width", "12.5 centimetre").to_row()])
    del inputs["weight"]

    def gradients():
        adapted.train()
        adapted.zero_grad()
        adapted(**inputs).loss.backward()
        return [p.grad.clone() for p in adapted.parameters() if p.requires_grad]

    before = gradients()
    adapted.eval()
    with torch.no_grad():
        adapted(**{name: tensor for name, tensor in inputs.items() if name != "labels"})
    for first, second in zip(before, gradients(), strict=True):
        assert torch.equal(first, second)
