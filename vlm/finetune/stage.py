"""One stage of a training run: the base, the adapter of the stage before, data, and the result."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vlm.finetune.base import base_of, load_base_of
from vlm.finetune.config import Stage, TrainConfig
from vlm.finetune.data import StageData
from vlm.finetune.machine import Machine, wait_for_all

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers import PaliGemmaProcessor, TrainerCallback
    from trl import SFTConfig

    from vlm.finetune.trainer import ReaderTrainer

STAGES_FOLDER = "stages"
STAGE_FILE = "stage.json"
METRICS = ("f1", "precision", "recall", "rows", "loss")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StageResult:
    """The steps of a finished stage, its training rows, its seconds, and the metrics of its best evaluation."""

    name: str
    steps: int
    examples: int
    seconds: float
    metrics: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class StageRun:
    """A stage to run; `number` counts from 0. All its files go to `folder`."""

    config: TrainConfig
    number: int
    data: StageData
    processor: PaliGemmaProcessor
    machine: Machine
    callbacks: Sequence[TrainerCallback] = ()

    @property
    def folder(self) -> Path:
        """`OUT/stages/1` and so on."""
        return stage_folder(self.config, self.number)

    @property
    def stage(self) -> Stage:
        """The stage's settings."""
        return self.config.stages[self.number]

    @property
    def evaluating(self) -> bool:
        """Whether there are evaluations and held-out rows for them."""
        return bool(self.data.held_out) and self.config.evaluations > 0

    @property
    def steps(self) -> int:
        """Steps of the optimiser."""
        rows = self.config.batch * self.config.accumulation * self.machine.processes
        return self.stage.max_steps or max(1, math.ceil(self.stage.epochs * math.ceil(len(self.data.train) / rows)))

    def done(self) -> StageResult | None:
        """The result of an earlier run of the stage to its end."""
        file = self.folder / STAGE_FILE
        return StageResult(**json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else None

    def run(self) -> StageResult:
        """Trains, from the last checkpoint if there is one, and writes the best adapter and `stage.json`."""
        if self.machine.main:
            _log.info("stage %d: %d rows, %d steps", self.number + 1, len(self.data.train), self.steps)
        trainer = self._trainer(self._adapted())
        checkpoint = last_checkpoint(self.folder)
        outcome = trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
        trainer.save_model(str(self.folder))
        result = StageResult(
            name=self.stage.name or f"stage {self.number + 1}",
            steps=outcome.global_step,
            examples=len(self.data.train),
            seconds=round(outcome.metrics.get("train_runtime", 0.0), 1),
            metrics=_best(trainer),
        )
        if self.machine.main:
            (self.folder / STAGE_FILE).write_text(json.dumps(asdict(result), indent=2) + "\n", encoding="utf-8")
        wait_for_all()
        trainer.accelerator.free_memory()
        return result

    def _adapted(self) -> PeftModel:
        """The base with the adapter of the stage before, or with a new one without effect yet."""
        from peft import LoraConfig, PeftModel, get_peft_model

        base = load_base_of(base_of(self.config.base), self.config.quantisation, self.machine)
        if self.number:
            return PeftModel.from_pretrained(base, stage_folder(self.config, self.number - 1), is_trainable=True)
        lora = self.config.lora
        settings = LoraConfig(
            r=lora.rank,
            lora_alpha=lora.alpha,
            lora_dropout=lora.dropout,
            target_modules=lora.targets,
            task_type="CAUSAL_LM",
        )
        return get_peft_model(base, settings)

    def _trainer(self, model: PeftModel) -> ReaderTrainer:
        from transformers import EarlyStoppingCallback

        from vlm.finetune.collate import with_prompts
        from vlm.finetune.trainer import EvaluateAtEnd, ReaderTrainer

        config = self.config
        callbacks: list[TrainerCallback] = list(self.callbacks)
        if self.evaluating:
            callbacks.append(EvaluateAtEnd())
            callbacks += [EarlyStoppingCallback(config.patience)] if config.patience else []
        evaluation = with_prompts(self.data.evaluation, ocr_dropout=0.0, seed=0) if self.evaluating else None
        return ReaderTrainer(
            model,
            self._arguments(),
            self.processor,
            train_dataset=with_prompts(self.data.train, ocr_dropout=config.ocr_dropout, seed=config.seed),
            eval_dataset=evaluation,
            eval_examples=self.data.held_out,
            callbacks=callbacks,
            max_new_tokens=config.max_new_tokens,
        )

    def _arguments(self) -> SFTConfig:
        import torch
        from trl import SFTConfig

        from vlm.finetune.trainer import RANK

        config, machine = self.config, self.machine
        interval = math.ceil(self.steps / max(1, config.evaluations))
        return SFTConfig(
            output_dir=str(self.folder),
            per_device_train_batch_size=config.batch,
            per_device_eval_batch_size=config.eval_batch,
            gradient_accumulation_steps=config.accumulation,
            num_train_epochs=self.stage.epochs,
            max_steps=self.stage.max_steps or -1,
            learning_rate=self.stage.lr,
            lr_scheduler_type=config.scheduler,
            warmup_steps=config.warmup,
            weight_decay=config.weight_decay,
            max_grad_norm=config.clip,
            optim=_optimiser(config, machine),
            gradient_checkpointing=config.gradient_checkpointing,
            gradient_checkpointing_kwargs={"use_reentrant": False} if config.gradient_checkpointing else None,
            bf16=machine.dtype is torch.bfloat16,
            use_cpu=not machine.on_gpu,
            logging_steps=config.logging_steps,
            eval_strategy="steps" if self.evaluating else "no",
            eval_steps=interval,
            save_strategy="steps",
            save_steps=interval,
            save_total_limit=2,
            load_best_model_at_end=self.evaluating,
            metric_for_best_model=RANK if self.evaluating else None,
            greater_is_better=True if self.evaluating else None,
            report_to=list(config.report_to) or "none",
            seed=config.seed + self.number,
            data_seed=config.seed + self.number,
            dataloader_num_workers=config.workers,
            dataloader_pin_memory=machine.on_gpu,
            remove_unused_columns=False,
            max_length=None,
            dataset_kwargs={"skip_prepare_dataset": True},
            ddp_find_unused_parameters=False,
        )


def stage_folder(config: TrainConfig, number: int) -> Path:
    """The folder of the stage with this number (from 0)."""
    return Path(config.out) / STAGES_FOLDER / str(number + 1)


def last_checkpoint(folder: Path) -> Path | None:
    """The newest complete checkpoint."""
    complete = [path.parent for path in folder.glob("checkpoint-*/trainer_state.json")]
    return max(complete, key=lambda path: int(path.name.partition("-")[2]), default=None)


def _optimiser(config: TrainConfig, machine: Machine) -> str:
    if config.optimiser != "auto":
        return config.optimiser
    return "paged_adamw_8bit" if machine.on_gpu else "adamw_torch"


def _best(trainer: ReaderTrainer) -> dict[str, float]:
    """The metrics of the best evaluation; empty when there was none."""
    from vlm.finetune.trainer import RANK

    evaluated = [entry for entry in trainer.state.log_history if f"eval_{RANK}" in entry]
    best: dict[str, float] = max(evaluated, key=lambda entry: entry[f"eval_{RANK}"], default={})
    return {name: round(float(best[f"eval_{name}"]), 6) for name in METRICS if f"eval_{name}" in best}
