"""What a stage asks of its trainer: accumulated gradients, pages left out, the best checkpoint, checkpointing."""

from __future__ import annotations

import json
from functools import partial

import pytest

torch = pytest.importorskip("torch", reason="needs the vlm extra")
for package in ("peft", "trl", "bitsandbytes", "datasets"):
    pytest.importorskip(package, reason="needs the vlm extra")

from safetensors.torch import load_file  # noqa: E402
from transformers import TrainerCallback  # noqa: E402

from rules.counts import Counts  # noqa: E402
from vlm.finetune.config import load_config  # noqa: E402
from vlm.finetune.examples import Example, write_examples  # noqa: E402
from vlm.finetune.train import train  # noqa: E402
from vlm.finetune.trainer import ReaderTrainer  # noqa: E402

WEIGHTS = "adapter_model.safetensors"
ANSWERS = ("3 inch", "12.25 centimetre", "40 millimetre", "unanswerable")
"""Of different lengths, so that a mean of means is not the mean."""
SHOWN = "WIDE 12.5 cm"


@pytest.fixture
def data(tmp_path, page):
    """A folder of four rows to learn from and one held out, on blank pictures with a page."""
    shown = page((SHOWN, 100, 100, 300, 40))
    rows = [
        Example("", shown, "width", answer, weight=1.0 - number / 5, group=str(number))
        for number, answer in enumerate(ANSWERS)
    ]
    write_examples(tmp_path / "data" / "train", rows)
    write_examples(tmp_path / "data" / "holdout", [Example("", shown, "width", "7 inch", group="held out")])
    counts = {"examples": 4, "digest": "0" * 64}
    (tmp_path / "data" / "report.json").write_text(f'{{"train": {counts}, "holdout": {counts}}}'.replace("'", '"'))
    return tmp_path / "data"


@pytest.fixture
def trained(data, tiny_reader_folder, tmp_path):
    """Trains one stage with these settings and gives the adapter's weights."""

    def run(name, *overrides, callbacks=(), resume=False):
        settings = ("device=cpu", "quantisation=none", "workers=0", "lora.rank=4", "lora.dropout=0")
        given = [f"base={tiny_reader_folder}", f"stages.0.data={data}", f"out={tmp_path / name}", *settings]
        train(load_config(None, [*given, *overrides]), callbacks=callbacks, resume=resume)
        return load_file(tmp_path / name / WEIGHTS)

    return run


def assert_same(one, other):
    assert any(tensor.abs().max() > 1e-3 for name, tensor in one.items() if "lora_B" in name)
    for name in one:
        torch.testing.assert_close(one[name], other[name], rtol=1e-3, atol=1e-6)


ONE_PLAIN_STEP = (
    "optimiser=sgd",
    "scheduler=constant",
    "warmup=0",
    "clip=0",
    "ocr_dropout=0",
    "evaluations=0",
    "stages.0.max_steps=1",
    "stages.0.lr=1.0",
    "gradient_checkpointing=false",
)


def test_four_batches_of_one_row_move_the_adapter_as_one_of_four_does(trained):
    at_once = trained("at_once", *ONE_PLAIN_STEP, "batch=4", "accumulation=1")
    by_and_by = trained("by_and_by", *ONE_PLAIN_STEP, "batch=1", "accumulation=4")
    assert_same(at_once, by_and_by)


class _Layers(TrainerCallback):
    """Counts how often the first layer of each tower is computed, and whether gradients would flow into the second."""

    def __init__(self):
        self.computed, self.gradients = {"language_model": 0, "vision_tower": 0}, {}

    def on_train_begin(self, args, state, control, model=None, **kwargs):
        for tower in self.computed:
            # Not the layer itself: its hooks stay outside what is computed twice.
            (inside,) = (m for name, m in model.named_modules() if tower in name and name.endswith("layers.0.mlp"))
            inside.register_forward_pre_hook(partial(self._count, tower))

    def _count(self, tower, module, given):
        self.computed[tower] += 1
        self.gradients[tower] = given[0].requires_grad


def test_checkpointing_learns_the_same_and_computes_twice_what_learns(trained):
    """The frozen vision tower is computed once, without gradients."""
    plain, saving = _Layers(), _Layers()
    one_batch = (*ONE_PLAIN_STEP, "batch=4", "accumulation=1")
    expected = trained("plain", *one_batch, callbacks=[plain])
    found = trained("saving", *one_batch, "gradient_checkpointing=true", callbacks=[saving])
    assert_same(expected, found)
    assert plain.computed == {"language_model": 1, "vision_tower": 1}
    assert saving.computed == {"language_model": 2, "vision_tower": 1}
    assert plain.gradients == saving.gradients == {"language_model": True, "vision_tower": False}


class _Prompts(TrainerCallback):
    """Keeps the prompts of an epoch."""

    def __init__(self, processor):
        self._tokenizer, self.seen = processor.tokenizer, []

    def on_train_begin(self, args, state, control, train_dataloader=None, **kwargs):
        ids = [tokens for batch in train_dataloader for tokens in batch["input_ids"]]
        self.seen = [self._tokenizer.decode(tokens, skip_special_tokens=True) for tokens in ids]


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 4, 4), (0.5, 1, 3), (1.0, 0, 0)])
def test_the_share_of_prompts_without_ocr_is_the_one_in_the_settings(trained, tiny_processor, share, least, most):
    prompts = _Prompts(tiny_processor)
    trained("run", *ONE_PLAIN_STEP, f"ocr_dropout={share}", "batch=4", "accumulation=1", callbacks=[prompts])
    assert len(prompts.seen) == 4
    assert least <= sum(SHOWN in prompt for prompt in prompts.seen) <= most


def test_the_checkpoint_of_the_best_f1_is_kept(trained, monkeypatch, tmp_path):
    scores = iter([Counts(tp=1, fn=3), Counts(tp=4), Counts(tp=2, fn=2), Counts(fn=4)])
    monkeypatch.setattr(ReaderTrainer, "score", lambda self: next(scores))
    several = ("stages.0.max_steps=4", "stages.0.lr=0.01", "evaluations=4", "patience=0", "batch=4", "accumulation=1")
    kept = trained("run", *several)
    checkpoints = {n: load_file(tmp_path / "run/stages/1" / f"checkpoint-{n}" / WEIGHTS) for n in (2, 4)}
    assert all(torch.equal(kept[name], checkpoints[2][name]) for name in kept)
    assert any(not torch.equal(kept[name], checkpoints[4][name]) for name in kept)


class _PowerCutError(Exception):
    pass


class _StopAfter(TrainerCallback):
    def __init__(self, step):
        self._step = step

    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step == self._step:
            raise _PowerCutError


def test_a_resumed_run_remembers_for_how_long_nothing_was_better(trained, monkeypatch, tmp_path):
    """Patience of two; the best is the first, a power cut comes after the second."""
    scores = iter([Counts(tp=4), Counts(fn=4), Counts(fn=4), *[Counts(tp=1, fn=3)] * 9])
    monkeypatch.setattr(ReaderTrainer, "score", lambda self: next(scores))
    several = ("stages.0.max_steps=6", "evaluations=6", "patience=2", "batch=4", "accumulation=1")
    with pytest.raises(_PowerCutError):
        trained("run", *several, callbacks=[_StopAfter(3)])
    trained("run", *several, resume=True)
    assert json.loads((tmp_path / "run/stages/1/stage.json").read_text())["steps"] == 3


def test_prompts_have_the_form_of_the_settings(trained, tiny_processor, tmp_path):
    prompts = _Prompts(tiny_processor)
    trained("run", *ONE_PLAIN_STEP, "prompt=question_first", callbacks=[prompts])
    assert all(prompt.strip().startswith("answer en width") for prompt in prompts.seen)
    assert json.loads((tmp_path / "run/reader.json").read_text())["prompt_form"] == "question_first"
