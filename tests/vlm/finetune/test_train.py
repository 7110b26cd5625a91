"""Training on a random PaliGemma: a few steps, in four bits on a CPU, as a run on a GPU does it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

torch = pytest.importorskip("torch", reason="needs the vlm extra")
for package in ("peft", "trl", "bitsandbytes", "datasets"):
    pytest.importorskip(package, reason="needs the vlm extra")

from PIL import Image  # noqa: E402
from safetensors.torch import load_file  # noqa: E402
from transformers import TrainerCallback  # noqa: E402

from extractor.cli.app import app  # noqa: E402
from vlm.decoding import Decoding  # noqa: E402
from vlm.finetune.collate import Collator, training_rows  # noqa: E402
from vlm.finetune.config import LORA_TARGETS, load_config  # noqa: E402
from vlm.finetune.data import stage_data  # noqa: E402
from vlm.finetune.errors import TrainError  # noqa: E402
from vlm.finetune.examples import Example, write_examples  # noqa: E402
from vlm.finetune.score import answered  # noqa: E402
from vlm.finetune.train import train  # noqa: E402
from vlm.generate import PaliGemmaReader  # noqa: E402
from vlm.quantise import Quantisation, load_base  # noqa: E402
from vlm.reader import ReaderOptions, ReaderUnavailableError  # noqa: E402
from vlm.weight_files import weights_digest  # noqa: E402

LABELS = ["12.5 centimetre", "3 inch", "40 millimetre", "2 foot"]
WEIGHTS = "adapter_model.safetensors"


def run(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(a) for a in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """16 pictures of 16 groups with a width each, some held out."""
    folder = tmp_path_factory.mktemp("rows")
    lines = ["image_link,group_id,entity_name,entity_value"]
    for i in range(16):
        Image.new("RGB", (30 + i, 30), (i * 9, 90, 120)).save(folder / f"{i}.png")
        lines.append(f"{i}.png,{i},width,{LABELS[i % len(LABELS)]}")
    (folder / "train.csv").write_text("\n".join(lines) + "\n")
    out, store = folder / "prepared", folder / "store.sqlite3"
    run("prepare", folder / "train.csv", "--out", out, "--ocr", "none", "--store", store, "--holdout", 0.25, "-q")
    return out


SETTINGS = ("device=cpu", "batch=2", "accumulation=1", "lora.rank=4", "workers=0", "eval_rows=3")


@pytest.fixture(scope="module")
def config_of(data, tiny_reader_folder):
    def make(out, *overrides):
        given = [f"base={tiny_reader_folder}", f"out={out}", f"stages.0.data={data}", "stages.0.max_steps=2"]
        return load_config(None, [*given, *SETTINGS, *overrides])

    return make


@pytest.fixture(scope="module")
def adapter(data, tiny_reader_folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("adapter") / "run"
    arguments = ("--base", tiny_reader_folder, "--data", data, "--out", out, "--max-steps", 2)
    run("train", *arguments, *SETTINGS, "evaluations=1")
    return out


class TestFolder:
    def test_holds_what_peft_and_predict_need(self, adapter, tiny_reader_folder):
        settings = json.loads((adapter / "adapter_config.json").read_text())
        assert settings["base_model_name_or_path"] == str(tiny_reader_folder)
        assert (adapter / "processor_config.json").is_file()
        assert (adapter / "tokenizer.json").is_file()

    def test_says_what_it_was_trained_with(self, adapter, data, tiny_reader_folder):
        settings = json.loads((adapter / "reader.json").read_text())
        report = json.loads((data / "report.json").read_text())
        assert settings["prompt_version"] == report["prompt_version"]
        assert settings["resolution"] == 28
        assert settings["base_digest"] == weights_digest(tiny_reader_folder)
        assert settings["data"][0]["train"]["digest"] == report["train"]["digest"]
        assert settings["stages"][0]["steps"] == 2

    def test_has_a_card_with_the_measured_scores(self, adapter):
        metrics = json.loads((adapter / "reader.json").read_text())["stages"][0]["metrics"]
        assert metrics["rows"] == 3
        card = (adapter / "README.md").read_text()
        assert f"| stage 1 | 3 | {metrics['f1']:.3f} |" in card
        assert "| finished | 3 |" in card

    def test_says_that_three_rows_are_too_few_to_calibrate(self, adapter):
        settings = json.loads((adapter / "reader.json").read_text())
        assert settings["held_out"]["calibration"] is None
        assert settings["temperature"] == 1.0

    def test_holds_weights_of_the_language_model_alone(self, adapter):
        names = list(load_file(adapter / WEIGHTS))
        assert len(names) == 28
        assert all(".language_model." in name for name in names)

    def test_is_not_overwritten(self, adapter, config_of):
        with pytest.raises(TrainError, match="--resume"):
            train(config_of(adapter))

    def test_merges_on_the_command_line(self, adapter, tmp_path):
        run("merge", adapter, "--out", tmp_path / "merged")
        assert (tmp_path / "merged" / "model.safetensors").is_file()


class _StopAfter(TrainerCallback):
    """Breaks the run as a power cut would: nothing after the step is written."""

    def __init__(self, stage, step):
        self._folder, self._step = f"/stages/{stage}", step

    def on_step_end(self, args, state, control, **kwargs):
        if args.output_dir.endswith(self._folder) and state.global_step == self._step:
            raise _PowerCutError


class _PowerCutError(Exception):
    pass


@pytest.fixture(scope="module")
def two_stages_of(config_of, data):
    second = (f"stages.1.data={data}", "stages.1.max_steps=4", "stages.1.replay=0.5")
    often = ("evaluations=2", "eval_rows=2", "lora.dropout=0.3")

    def make(out):
        return config_of(out, "stages.0.max_steps=4", *second, *often)

    return make


@pytest.fixture(scope="module")
def unbroken(two_stages_of, tmp_path_factory):
    """The folder of a run of two stages that nothing stopped."""
    out = tmp_path_factory.mktemp("unbroken") / "run"
    train(two_stages_of(out))
    return out


def test_the_result_is_the_adapter_of_the_last_stage(unbroken):
    first, last, result = (load_file(unbroken / folder / WEIGHTS) for folder in ("stages/1", "stages/2", ""))
    assert all(torch.equal(result[name], last[name]) for name in last)
    assert any(not torch.equal(result[name], first[name]) for name in first)


class _CountSteps(TrainerCallback):
    def __init__(self):
        self.steps = 0

    def on_step_end(self, args, state, control, **kwargs):
        self.steps += 1


@pytest.mark.parametrize(("stage", "step", "steps_left"), [(1, 3, 6), (2, 3, 2)])
def test_a_resumed_run_ends_with_the_weights_of_an_unbroken_one(
    two_stages_of, unbroken, tmp_path, stage, step, steps_left
):
    """Two stages of four steps, each with a checkpoint after two."""
    config = two_stages_of(tmp_path / "run")
    with pytest.raises(_PowerCutError):
        train(config, callbacks=[_StopAfter(stage, step)])
    assert not (tmp_path / "run" / WEIGHTS).exists()
    counted = _CountSteps()
    train(config, resume=True, callbacks=[counted])
    assert counted.steps == steps_left
    expected, resumed = load_file(unbroken / WEIGHTS), load_file(tmp_path / "run" / WEIGHTS)
    assert resumed.keys() == expected.keys()
    assert all(torch.equal(resumed[name], expected[name]) for name in expected)


def test_a_stage_goes_on_with_the_adapter_of_the_one_before(config_of, data, tmp_path):
    second = (f"stages.1.data={data}", "stages.1.max_steps=1", "stages.1.lr=1e-12")
    train(config_of(tmp_path / "run", "stages.0.lr=0.05", *second, "evaluations=0"))
    first, last = (load_file(tmp_path / "run" / folder / WEIGHTS) for folder in ("stages/1", ""))
    assert any(tensor.any() for name, tensor in first.items() if "lora_B" in name)
    for name in first:
        torch.testing.assert_close(last[name], first[name], atol=1e-9, rtol=0)


def test_a_run_is_resumed_with_the_same_settings_only(adapter, config_of, tmp_path):
    with pytest.raises(TrainError, match="lr"):
        train(config_of(adapter, "stages.0.lr=0.5"), resume=True)
    with pytest.raises(TrainError, match="no run to resume"):
        train(config_of(tmp_path), resume=True)


class _Remember(TrainerCallback):
    """Keeps what the model in training says at the end of it."""

    def __init__(self, processor, examples):
        self.answers, self._ask = [], lambda model: answers_of(model, processor, examples)

    def on_train_end(self, args, state, control, model=None, **kwargs):
        self.answers = self._ask(model)


def answers_of(model, processor, examples):
    options = ReaderOptions(decoding=Decoding.FREE, max_new_tokens=12)
    reader = PaliGemmaReader(model.eval(), processor, options=options)
    return [answer for _, answer in answered(reader, examples)]


def test_a_saved_adapter_says_what_it_said_in_training(config_of, tiny_processor, tiny_reader_folder, tmp_path):
    from peft import PeftModel

    examples = [Example("", None, entity, "") for entity in ("width", "voltage", "item_weight")]
    remember = _Remember(tiny_processor, examples)
    train(
        config_of(tmp_path / "run", "stages.0.lr=0.05", "stages.0.max_steps=15", "evaluations=0"), callbacks=[remember]
    )
    base = load_base(tiny_reader_folder, Quantisation.NF4, torch.float32, "cpu")
    before = answers_of(base, tiny_processor, examples)
    loaded = PeftModel.from_pretrained(base, tmp_path / "run")
    assert answers_of(loaded, tiny_processor, examples) == remember.answers != before


class TestLoss:
    @pytest.fixture
    def trainer(self, tiny_reader_folder, tiny_processor, data, tmp_path):
        from peft import LoraConfig, get_peft_model
        from trl import SFTConfig

        from vlm.finetune.examples import open_examples
        from vlm.finetune.trainer import ReaderTrainer

        base = load_base(tiny_reader_folder, Quantisation.NF4, torch.float32, "cpu")
        prepared = {"dataset_kwargs": {"skip_prepare_dataset": True}}
        return ReaderTrainer(
            get_peft_model(base, LoraConfig(r=4, target_modules=LORA_TARGETS)),
            args=SFTConfig(str(tmp_path), use_cpu=True, bf16=False, activation_checkpointing=False, **prepared),
            data_collator=Collator(tiny_processor),
            train_dataset=training_rows(open_examples(data / "train"), ocr_dropout=0.0, seed=0),
            processing_class=tiny_processor,
        )

    def test_is_the_cross_entropy_of_the_answers_by_weight(self, trainer, tiny_processor):
        rows = [
            Example("", None, "width", "12.5 centimetre", weight=1.0),
            Example("", None, "voltage", "unanswerable", weight=0.25),
        ]
        batch = Collator(tiny_processor)([row.to_row() for row in rows])
        trainer.model.eval()
        with torch.no_grad():
            loss = trainer.compute_loss(trainer.model, dict(batch))
            inputs = {name: tensor for name, tensor in batch.items() if name not in ("weight", "labels")}
            logits = trainer.model(**inputs).logits[:, :-1].transpose(1, 2)
        each = torch.nn.functional.cross_entropy(logits, batch["labels"][:, 1:], ignore_index=-100, reduction="none")
        tokens = (batch["labels"] != -100).sum()
        assert loss.item() == pytest.approx(((each.sum(1) * batch["weight"]).sum() / tokens).item(), rel=1e-5)

    def test_adapters_are_trained_in_full_precision(self, trainer):
        assert trainer.model.is_loaded_in_4bit
        assert {p.dtype for p in trainer.model.parameters() if p.requires_grad} == {torch.float32}


class TestData:
    @pytest.fixture
    def folder_of(self, tmp_path):
        def make(name, train_groups, held_out_groups):
            for side, groups in (("train", train_groups), ("holdout", held_out_groups)):
                rows = [Example(f"/p/{g}.png", None, "width", "3 inch", group=g) for g in groups]
                write_examples(tmp_path / name / side, rows)
            (tmp_path / name / "report.json").write_text('{"prompt_version": "1"}')
            return tmp_path / name

        return make

    def test_nothing_that_any_stage_holds_out_is_learnt(self, folder_of):
        first, second = folder_of("first", "abcd", "e"), folder_of("second", "efg", "a")
        config = load_config(None, [f"stages.0.data={first}", f"stages.1.data={second}", "stages.1.replay=9"])
        assert set(stage_data(config, 0).train["group"]) == set("bcd")
        assert set(stage_data(config, 1).train["group"]) == set("fgbcd")

    def test_at_most_so_many_rows_are_evaluated(self, folder_of):
        folder = folder_of("data", "abc", "defghij")
        config = load_config(None, [f"stages.0.data={folder}", "eval_rows=3"])
        assert len(stage_data(config, 0).held_out) == 3
        assert stage_data(config, 0).held_out == stage_data(config, 0).held_out

    def test_a_folder_that_was_not_finished_is_refused(self, folder_of):
        folder = folder_of("data", "abc", "d")
        (folder / "report.json").unlink()
        with pytest.raises(TrainError, match="was not prepared to its end"):
            stage_data(load_config(None, [f"stages.0.data={folder}"]), 0)

    def test_nothing_left_to_learn_from_is_an_error(self, folder_of):
        folder = folder_of("data", "", "d")
        with pytest.raises(TrainError, match="nothing to learn from"):
            stage_data(load_config(None, [f"stages.0.data={folder}"]), 0)


def test_a_base_of_another_resolution_is_refused(config_of, tmp_path):
    with pytest.raises(ReaderUnavailableError, match="takes 28 pixels, not 448"):
        train(config_of(tmp_path / "run", "resolution=448"))


def test_a_base_that_is_not_there_names_the_choices(config_of, tmp_path):
    with pytest.raises(ReaderUnavailableError, match="or nano"):
        train(config_of(tmp_path / "run", f"base={tmp_path}/none"))


def test_an_upload_without_a_token_is_refused_before_training(data, tmp_path, monkeypatch):
    from extractor.cli.vlm_extra import TrainingError

    monkeypatch.setattr("huggingface_hub.get_token", lambda: None)
    arguments = ["--data", str(data), "--out", str(tmp_path / "x"), "--push-to-hub", "somebody/reader"]
    result = CliRunner().invoke(app, ["train", *arguments])
    assert isinstance(result.exception, TrainingError)
    assert "leave --push-to-hub out" in str(result.exception)
    assert not (tmp_path / "x").exists()


def test_mistakes_on_the_command_line_are_one_message(data, tmp_path):
    from extractor.cli.vlm_extra import TrainingError

    result = CliRunner().invoke(app, ["train", "--data", str(data), "--out", str(tmp_path / "x"), "lora.rnak=8"])
    assert isinstance(result.exception, TrainingError)
    assert "rnak" in str(result.exception)
