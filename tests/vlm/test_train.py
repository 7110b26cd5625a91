"""Prepare, train, resume and merge through the command line, on a random PaliGemma: a few steps of each."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

torch = pytest.importorskip("torch", reason="needs the vlm extra")
for package in ("peft", "trl", "bitsandbytes", "datasets"):
    pytest.importorskip(package, reason="needs the vlm extra")

from PIL import Image  # noqa: E402
from safetensors.torch import load_file  # noqa: E402

from extractor.cli import app  # noqa: E402
from vlm.config import ConfigError, load_config  # noqa: E402
from vlm.quantise import LORA_TARGETS, Quantisation, keep_4bit_exact_on_cpu, load_base  # noqa: E402

LABELS = ["12.5 centimetre", "3 inch", "40 millimetre", "2 foot"]


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rows")
    lines = ["image_link,group_id,entity_name,entity_value"]
    for i in range(16):
        Image.new("RGB", (30 + i, 30), (i * 9, 90, 120)).save(folder / f"{i}.png")
        lines.append(f"{i}.png,{i},width,{LABELS[i % len(LABELS)]}")
    (folder / "train.csv").write_text("\n".join(lines) + "\n")
    out = folder / "prepared"
    store = folder / "store.sqlite3"
    run("prepare", folder / "train.csv", "--out", out, "--ocr", "none", "--store", store, "--holdout", 0.25, "-q")
    return out


SETTINGS = (
    "device=cpu",
    "batch=2",
    "accumulation=1",
    "evaluations=0",
    "lora.dropout=0.0",
    "gradient_checkpointing=false",
)


@pytest.fixture(scope="module")
def adapter(data, tiny_reader_folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("adapter") / "run"
    run("train", "--base", tiny_reader_folder, "--data", data, "--out", out, "--max-steps", 3, *SETTINGS)
    return out


def test_the_folder_holds_what_peft_and_predict_need(adapter):
    assert (adapter / "adapter_model.safetensors").is_file()
    assert (adapter / "README.md").is_file()
    assert json.loads((adapter / "reader.json").read_text())["prompt_version"]


def test_adapters_touch_no_vision_module(adapter):
    names = list(load_file(adapter / "adapter_model.safetensors"))
    assert names
    assert not [n for n in names if "vision" in n or "projector" in n or "lm_head" in n]


def test_merging_gives_a_model_that_loads(adapter, tmp_path):
    from transformers import PaliGemmaForConditionalGeneration

    run("merge", adapter, "--out", tmp_path / "merged")
    PaliGemmaForConditionalGeneration.from_pretrained(tmp_path / "merged")


def test_a_finished_run_is_not_overwritten(adapter, data, tiny_reader_folder):
    result = CliRunner().invoke(
        app,
        ["train", "--base", str(tiny_reader_folder), "--data", str(data), "--out", str(adapter), "--max-steps", "3"],
    )
    assert result.exit_code != 0


def test_4bit_gradients_agree_before_and_after_a_pass_without_gradients(tiny_reader_folder):
    """On CPUs with AVX512-BF16 such a pass repacks 4-bit weights for good, unless it is told not to."""
    import bitsandbytes

    model = load_base(tiny_reader_folder, Quantisation.NF4, torch.bfloat16, "cpu")
    layer = next(m for m in model.modules() if isinstance(m, bitsandbytes.nn.Linear4bit))
    keep_4bit_exact_on_cpu(model)

    def gradient():
        x = torch.ones(1, 4, layer.in_features, dtype=torch.bfloat16, requires_grad=True)
        (layer(x) ** 2).sum().backward()
        return x.grad

    before = gradient()
    with torch.no_grad():
        layer(torch.ones(1, 4, layer.in_features, dtype=torch.bfloat16))
    assert torch.equal(before, gradient())


def test_the_target_pattern_names_language_modules_only():
    import re

    assert re.fullmatch(LORA_TARGETS, "model.language_model.layers.0.self_attn.q_proj")
    assert not re.fullmatch(LORA_TARGETS, "model.vision_tower.vision_model.encoder.layers.0.self_attn.q_proj")


@pytest.mark.parametrize(
    ("overrides", "named"), [(["lora.rnak=8"], "rnak"), (["batch=many"], "batch"), (["stages.0.lr"], "=")]
)
def test_settings_that_cannot_be_read_are_named(overrides, named):
    with pytest.raises(ConfigError, match=named):
        load_config(None, overrides)
