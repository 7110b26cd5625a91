"""The settings of a training run: YAML, overrides, and what is said about mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from vlm.finetune.config import LoraSettings, Stage, TrainConfig, load_config, to_yaml
from vlm.finetune.errors import TrainError
from vlm.quantise import Quantisation

CONFIGS = sorted((Path(__file__).parents[3] / "configs").glob("*.yaml"))


def test_there_are_configurations():
    big = {"paligemma2-3b-448", "paligemma2-3b-448-one-stage", "paligemma2-3b-896"}
    assert {path.stem for path in CONFIGS} >= {"nano", *big}


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_shipped_configurations_can_be_run_with_one_folder_for_each_stage(path):
    config = load_config(path).checked()
    assert len(config.stages) == (1 if path.stem.endswith("one-stage") else 2)
    if config.resolution is not None:
        assert str(config.resolution) in path.stem
        assert config.base.endswith(str(config.resolution))
    assert (config.eval_batch <= 2) == (config.resolution == 896)


def test_yaml_and_back(tmp_path):
    config = TrainConfig(
        base="nano",
        quantisation=Quantisation.NONE,
        lora=LoraSettings(rank=4),
        stages=(Stage(("a", "b"), name="noisy", lr=3e-4), Stage(("c",), replay=0.2)),
        report_to=("tensorboard",),
    )
    (tmp_path / "config.yaml").write_text(to_yaml(config))
    assert load_config(tmp_path / "config.yaml") == config


def test_overrides_take_the_place_of_what_the_file_says(tmp_path):
    (tmp_path / "c.yaml").write_text(yaml.safe_dump({"batch": 2, "lora": {"rank": 16}, "stages": [{"data": "a"}]}))
    config = load_config(
        tmp_path / "c.yaml",
        ["batch=3", "lora.alpha=8", "stages.0.lr=1e-5", "stages.1.data=[b, c]", "report_to=wandb", "quantisation=none"],
    )
    assert (config.batch, config.lora.rank, config.lora.alpha) == (3, 16, 8)
    assert config.stages == (Stage(("a",), lr=1e-5), Stage(("b", "c")))
    assert (config.report_to, config.quantisation) == (("wandb",), Quantisation.NONE)


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("lora.rnak=8", "unknown setting lora.rnak; did you mean rank"),
        ("zzzzz=8", "unknown setting zzzzz; there are base"),
        ("batch=many", "batch: input should be a valid integer, got 'many'"),
        ("warmup=true", "warmup: input should be a valid number"),
        ("batch=true", "batch: input should be a valid integer"),
        ("warmup=soon", "warmup: input should be a valid number"),
        ("clip=.nan", "clip: input should be a finite number"),
        ("gradient_checkpointing=1", "gradient_checkpointing: input should be a valid boolean"),
        ("quantisation=int8", "quantisation: input should be 'nf4' or 'none'"),
        ("lora=8", "lora: expected `key: value` lines, got 8"),
        ("stages.0.lr", "not of the form key=value"),
        ("stages.3.lr=1", "3 is not a position"),
        ("base.x=1", "base"),
        ("stages.0.lr=1e-4", "stages.0.data: is missing"),
        ("batch=[", "not a YAML value"),
    ],
)
def test_mistakes_are_named(override, message):
    with pytest.raises(TrainError, match=message.replace("[", r"\[")):
        load_config(None, ["base=nano", override])


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ([], "stages: none"),
        (["stages.0.data=[]"], "stages.0.data: name at least one folder"),
        (["stages.0.data=a", "stages.0.lr=0"], "stages.0.lr: input should be greater than 0"),
        (["stages.0.data=a", "batch=0"], "batch: input should be greater than or equal to 1"),
        (["stages.0.data=a", "ocr_dropout=1.5"], "ocr_dropout: input should be less than or equal to 1"),
        (["stages.0.data=a", "compute=fp16"], "compute: input should be 'auto', 'bf16' or 'fp32'"),
        (["stages.0.data=a", "lora.dropout=1"], "lora.dropout: input should be less than 1"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(overrides, message):
    with pytest.raises(TrainError, match=message):
        load_config(None, overrides).checked()


def test_all_mistakes_are_told_at_once():
    with pytest.raises(TrainError) as raised:
        load_config(None, ["lora.rnak=8", "batch=0", "stages.0.data=a", "stages.0.lr=fast"])
    assert [line.partition(":")[0] for line in str(raised.value).splitlines()] == [
        "stages.0.lr",
        "unknown setting lora.rnak; did you mean rank?",
        "batch",
    ]


def test_data_takes_the_place_of_the_stages_own():
    config = load_config(None, ["stages.0.data=a", "stages.0.lr=1e-3", "stages.1.data=b"])
    replaced = config.replaced(data=["x", "y"], max_steps=20)
    assert replaced.stages == (Stage(("x",), lr=1e-3, max_steps=20), Stage(("y",), max_steps=20))
    with pytest.raises(TrainError, match="1 folders for 2 stages"):
        config.replaced(data=["x"])


def test_without_a_configuration_each_folder_is_a_stage():
    assert TrainConfig().replaced(data=["x", "y"]).stages == (Stage(("x",)), Stage(("y",)))


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(TrainError, match="cannot be read"):
        load_config(tmp_path / "nowhere.yaml")
    (tmp_path / "list.yaml").write_text("- 1\n")
    with pytest.raises(TrainError, match="expected `key: value`"):
        load_config(tmp_path / "list.yaml")
    (tmp_path / "broken.yaml").write_text("a: [")
    with pytest.raises(TrainError, match="is not YAML"):
        load_config(tmp_path / "broken.yaml")
