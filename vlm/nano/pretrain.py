"""Trains a nano PaliGemma from nothing on pages that it draws meanwhile, and keeps the best weights so far."""

from __future__ import annotations

import json
import math
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from vlm.finetune.errors import TrainError
from vlm.finetune.examples import HOLDOUT, TRAIN, open_examples
from vlm.nano.architecture import NanoShape, build_model
from vlm.nano.batches import CURRICULUM, Batch, Schedule, collate, training_batches
from vlm.nano.layouts import DIMENSIONS
from vlm.nano.model_card import Training, card
from vlm.nano.prepared import PreparedPages
from vlm.nano.question import entity_token
from vlm.nano.scoring import score
from vlm.nano.step import make_optimiser, optimise
from vlm.nano.tasks import Mixture, draw_example
from vlm.nano.tokenizer import make_processor, train_tokenizer
from vlm.nano.tower import AuxiliaryHeads, pretrain_tower
from vlm.settings import ReaderSettings, write_settings

if TYPE_CHECKING:
    import torch
    from transformers import PaliGemmaForConditionalGeneration, PaliGemmaProcessor

PRECISE = ("q_proj", "k_proj", "v_proj", "o_proj")
"""Attention stays as it is in four bits: its heads begin with few large weights beside many small ones, which NF4 sets
to zero (docs/training.md)."""
HELD_OUT_SEED = 900_000_000_000_000
TOKENIZER_SEED = 800_000_000_000_000
_STATE = "training_state.pt"
_HEADS = "lessons"  # the key of the auxiliary heads in that file, as in the first saved runs
_LOSSES = ("answers", "patches", "places")


@dataclass(frozen=True, slots=True)
class PretrainOptions:
    """The options of a run. Training ends after `steps` or `minutes`, whichever comes first.

    Without `steps` their number is estimated from the speed of the first steps; a resumed run keeps its number unless
    there is another here. `data` are prepared folders, whose examples are mixed into the drawn ones. `bf16` computes in
    bfloat16, which is faster on few CPUs.
    """

    out: Path
    minutes: float = 30.0
    seed: int = 1
    threads: int = 1
    steps: int | None = None
    tower_minutes: float = 8.0
    tower_steps: int | None = None
    batch_size: int = 16
    learning_rate: float = 1.5e-3
    tower_rate: float = 1.0e-3
    warmup: int = 150
    evaluate_minutes: float = 4.0
    held_out: int = 192
    tokenizer_texts: int = 6000
    tokenizer_size: int = 2600
    bf16: bool = False
    data: tuple[Path, ...] = ()
    resume: bool = False
    shape: NanoShape = field(default_factory=NanoShape)
    schedule: Schedule = CURRICULUM


def pretrain(options: PretrainOptions, log: Callable[[str], None] = print) -> dict[str, float]:
    """Runs the training and returns the last scores; writes weights, processor, reader.json and log to `options.out`.

    Raises TrainError for a folder that was not prepared, and when there is no run to resume.
    """
    import torch

    _check(options)
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    run = _Run(options, log)
    return run.go()


def _check(options: PretrainOptions) -> None:
    for folder in options.data:
        for side in (TRAIN, HOLDOUT):
            open_examples(folder / side)
    if options.resume and not (options.out / _STATE).is_file():
        raise TrainError(f"{options.out} holds no run to resume; start one without --resume")


class _Run:
    def __init__(self, options: PretrainOptions, log: Callable[[str], None]) -> None:
        self.options, self.log = options, log
        self.processor = _processor(options)
        self.model = build_model(self.processor, options.shape, options.seed)
        self.heads = AuxiliaryHeads(options.shape.hidden)
        self.dimension_tokens = [entity_token(self.processor, word) for word in DIMENSIONS]
        self.optimiser = _optimiser_of(self.model, self.heads, options)
        self.step, self.spent, self.best = 0, 0.0, -1.0
        self.total = options.steps or 0
        if options.resume:
            self._restore()
        count = sum(p.numel() for p in self.model.parameters())
        log(
            f"{count / 1e6:.2f} M parameters, {len(self.processor.tokenizer)} tokens, "
            f"{options.shape.image_tokens} patches"
        )

    def go(self) -> dict[str, float]:
        if not self.total:
            self.total = self._estimated_steps()
        options = self.options
        if not self.step and options.tower_minutes:
            pretrain_tower(
                self.model,
                self.heads.patch_head,
                PreparedPages(options.data, TRAIN),
                seed=options.seed,
                seconds=60 * options.tower_minutes,
                steps=options.tower_steps,
                bf16=options.bf16,
                log=self.log,
            )
        self.log(f"{self.total} steps of {options.batch_size}")
        batches = training_batches(
            options.out, options.seed, options.batch_size, steps=self.total, start=self.step,
            image_size=options.shape.image_size, schedule=options.schedule, data=options.data,
        )  # fmt: skip
        held_out = _held_out(self.processor, options)
        begun, before, evaluated, losses = time.monotonic(), self.spent, time.monotonic(), []
        scores: dict[str, float] = {}
        for batch in batches:
            self.spent = before + time.monotonic() - begun
            progress = max(self.step / self.total, self.spent / (60 * options.minutes))
            if progress >= 1:
                break
            losses.append(self._step(batch, progress))
            self.step += 1
            if self.step % 50 == 0:
                means = (sum(loss) / len(losses) for loss in zip(*losses, strict=True))
                named = "  ".join(f"{name} {loss:.3f}" for name, loss in zip(_LOSSES, means, strict=True))
                self.log(f"{self.spent:6.0f} s  step {self.step}  {named}")
                losses.clear()
            if time.monotonic() - evaluated > 60 * options.evaluate_minutes:
                scores = self._evaluate(held_out)
                evaluated = time.monotonic()
        batches.close()  # type: ignore[attr-defined]
        self.spent = before + time.monotonic() - begun
        return self._evaluate(held_out) or scores

    def _estimated_steps(self) -> int:
        import copy

        model = copy.deepcopy(self.model)
        heads = AuxiliaryHeads(self.options.shape.hidden)
        optimiser = _optimiser_of(model, heads, self.options)
        mixture, size = Mixture(directions=0.3, triple=0.3), self.options.shape.image_size
        drawn = [draw_example(TOKENIZER_SEED + i, mixture, size) for i in range(2 * self.options.batch_size)]
        examples = sorted(drawn, key=lambda example: len(example.prompt))[self.options.batch_size // 2 :]
        batch = collate(examples[: self.options.batch_size], self.processor)
        times = []
        for _ in range(8):
            begun = time.monotonic()
            self._optimise(model, heads, optimiser, batch)
            times.append(time.monotonic() - begun)
        step = sorted(times)[len(times) // 2]
        self.log(f"one step takes {step:.3f} s")
        return max(1, int(60 * self.options.minutes / step))

    def _optimise(
        self,
        model: PaliGemmaForConditionalGeneration,
        heads: AuxiliaryHeads,
        optimiser: torch.optim.Optimizer,
        batch: Batch,
    ) -> tuple[float, float, float]:
        tokens, bf16 = self.dimension_tokens, self.options.bf16
        return optimise(model, heads, optimiser, batch, dimension_tokens=tokens, bf16=bf16)

    def _step(self, batch: Batch, progress: float) -> tuple[float, float, float]:
        rising = min(1.0, (self.step + 1) / self.options.warmup)
        falling = 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress))
        for group in self.optimiser.param_groups:
            group["lr"] = group["peak"] * rising * falling
        return self._optimise(self.model, self.heads, self.optimiser, batch)

    def _evaluate(self, held_out: dict[str, list[Batch]]) -> dict[str, float]:
        scores = {name: round(value, 4) for name, value in score(self.model, held_out, bf16=self.options.bf16).items()}
        self.log(f"{self.spent:6.0f} s  step {self.step}  {json.dumps(scores)}")
        entry = {"step": self.step, "seconds": round(self.spent), **scores}
        with (self.options.out / "curve.jsonl").open("a") as file:
            file.write(json.dumps(entry) + "\n")
        self._save(scores)
        return scores

    def _save(self, scores: dict[str, float]) -> None:
        import torch

        out = self.options.out
        state = {
            "model": self.model.state_dict(),
            _HEADS: self.heads.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "spent": self.spent,
            "best": self.best,
            "total": self.total,
        }
        torch.save(state, out / (_STATE + ".new"))
        (out / (_STATE + ".new")).replace(out / _STATE)
        mean = (scores.get("drawn", 0.0) + scores.get("label", 0.0) + scores.get("prepared", 0.0)) / 3
        if mean >= self.best:
            self.best = mean
            save_weights(self.model, self.processor, out, self.options)
            (out / "README.md").write_text(self._card(scores))

    def _card(self, scores: dict[str, float]) -> str:
        options = self.options
        data = "".join(f" --data {folder.name}" for folder in options.data)
        command = f"python -m extractor nano --out {options.out.name} --minutes {options.minutes:g}"
        command += f" --steps {options.steps}" if options.steps else ""
        command += f" --seed {options.seed}{data}{' --resume' if options.resume else ''}"
        parameters = sum(p.numel() for p in self.model.parameters())
        names = tuple(folder.name for folder in options.data)
        return card(Training(command, options.seed, parameters, self.step, self.spent / 60, scores, names))

    def _restore(self) -> None:
        import torch

        state = torch.load(self.options.out / _STATE, weights_only=True)
        self.model.load_state_dict(state["model"])
        self.heads.load_state_dict(state[_HEADS])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.spent, self.best = (state[k] for k in ("step", "spent", "best"))
        self.total = self.options.steps or state["total"]


def save_weights(
    model: PaliGemmaForConditionalGeneration, processor: PaliGemmaProcessor, out: Path, options: PretrainOptions
) -> None:
    """Writes model, processor and reader.json so that `from_pretrained(out)` loads them."""
    import torch

    state = {name: value.to(torch.float32) for name, value in model.state_dict().items()}
    model.save_pretrained(out, state_dict=state)
    processor.save_pretrained(out)
    write_settings(out, ReaderSettings(resolution=options.shape.image_size, precise=PRECISE))


def _held_out(processor: PaliGemmaProcessor, options: PretrainOptions) -> dict[str, list[Batch]]:
    mixture, size = Mixture(directions=0.2, drawn=0.6), options.shape.image_size
    kinds: dict[str, list[Any]] = defaultdict(list)
    kinds["prepared"] = PreparedPages(options.data, HOLDOUT).first(options.held_out, size)
    for number in range(options.held_out * 3):
        example = draw_example(HELD_OUT_SEED + number, mixture, size)
        kinds[example.kind].append(example)
    return {
        kind: [collate(rows[at : at + 32], processor) for at in range(0, min(len(rows), options.held_out), 32)]
        for kind, rows in sorted(kinds.items())
        if kind != "blind"
    }


def _processor(options: PretrainOptions) -> PaliGemmaProcessor:
    from transformers import PaliGemmaProcessor

    if options.resume:
        loaded: PaliGemmaProcessor = PaliGemmaProcessor.from_pretrained(options.out)
        return loaded
    processor = make_processor(train_tokenizer(_texts(options), options.tokenizer_size), options.shape)
    processor.save_pretrained(options.out)
    settings = {name: value for name, value in asdict(options).items() if name not in ("out", "data")}
    (options.out / "pretrain.json").write_text(json.dumps(settings, indent=2) + "\n")
    return processor


def _texts(options: PretrainOptions) -> list[str]:
    mixture = Mixture(whole=0.1, directions=0.05, triple=0.1, drawn=0.35)
    drawn = (draw_example(TOKENIZER_SEED + i, mixture, 8) for i in range(options.tokenizer_texts))
    rng, prepared = Random(options.seed), PreparedPages(options.data, TRAIN)
    read = (prepared.draw(rng, 8) for _ in range(options.tokenizer_texts // 3 if len(prepared) else 0))
    return [f"{example.prompt}\n{example.answer}" for example in (*drawn, *read)]


def _optimiser_of(
    model: PaliGemmaForConditionalGeneration, heads: AuxiliaryHeads, options: PretrainOptions
) -> torch.optim.AdamW:
    return make_optimiser(model, heads, rate=options.learning_rate, tower_rate=options.tower_rate)
