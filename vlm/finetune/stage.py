"""One stage of a training run: the base, the adapter of the stage before, data, and the result."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from vlm.finetune.config import Stage, TrainConfig
from vlm.finetune.data import StageData
from vlm.load import load_model
from vlm.quantise import compute_type
from vlm.settings import write_whole
from vlm.source import ReaderSource

if TYPE_CHECKING:
    from accelerate import PartialState
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
    """A stage to run on a base; `number` counts from 0. All its files go to `stage_folder`."""

    config: TrainConfig
    number: int
    data: StageData
    base: ReaderSource
    processor: PaliGemmaProcessor
    machine: PartialState
    callbacks: Sequence[TrainerCallback] = ()

    @property
    def stage(self) -> Stage:
        """The stage's settings."""
        return self.config.stages[self.number]

    @property
    def steps(self) -> int:
        """Steps of the optimiser."""
        rows = self.config.batch * self.config.accumulation * self.machine.num_processes
        return self.stage.max_steps or max(1, math.ceil(self.stage.epochs * math.ceil(len(self.data.train) / rows)))

    def result(self) -> StageResult:
        """The result of an earlier run of the stage to its end, or else of one now, from its last checkpoint on."""
        folder = stage_folder(self.config, self.number)
        file = folder / STAGE_FILE
        if file.is_file():
            return StageResult(**json.loads(file.read_text(encoding="utf-8")))
        if self.machine.is_main_process:
            _log.info("stage %d: %d rows, %d steps", self.number + 1, len(self.data.train), self.steps)
        trainer = self._trainer(self._arguments(folder))
        checkpoint = last_checkpoint(folder)
        outcome = trainer.train(resume_from_checkpoint=None if checkpoint is None else str(checkpoint))
        trainer.save_model()
        result = StageResult(
            name=self.stage.name or f"stage {self.number + 1}",
            steps=outcome.global_step,
            examples=len(self.data.train),
            seconds=round(outcome.metrics.get("train_runtime", 0.0), 1),
            metrics=_best(trainer),
        )
        if self.machine.is_main_process:
            write_whole(file, json.dumps(asdict(result), indent=2) + "\n")
        self.machine.wait_for_everyone()
        trainer.accelerator.free_memory()
        return result

    def _adapted(self) -> PeftModel:
        """The base with the adapter of the stage before, or with a new one without effect yet."""
        from peft import LoraConfig, get_peft_model

        config, device = self.config, str(self.machine.device)
        before = stage_folder(config, self.number - 1) if self.number else None
        source = replace(self.base, adapter=before)
        model = load_model(source, config.quantisation, compute_type(config.compute, device), device, trainable=True)
        if before:
            return model
        lora = LoraConfig(
            r=config.lora.rank,
            lora_alpha=config.lora.alpha,
            lora_dropout=config.lora.dropout,
            target_modules=config.lora.targets,
            task_type="CAUSAL_LM",
        )
        return get_peft_model(model, lora)

    def _trainer(self, arguments: SFTConfig) -> ReaderTrainer:
        from transformers import EarlyStoppingCallback, set_seed

        from vlm.finetune.collate import Collator, training_rows
        from vlm.finetune.trainer import EvaluateAtEnd, ReaderTrainer

        config = self.config
        callbacks: list[TrainerCallback] = list(self.callbacks)
        if self.data.held_out:
            callbacks.append(EvaluateAtEnd())
            callbacks += [EarlyStoppingCallback(config.patience)] if config.patience else []
        set_seed(arguments.seed)
        return ReaderTrainer(
            self._adapted(),
            args=arguments,
            data_collator=Collator(self.processor, config.prompt),
            prompt_form=config.prompt,
            train_dataset=training_rows(self.data.train, ocr_dropout=config.ocr_dropout, seed=config.seed),
            eval_dataset=[example.to_row() for example in self.data.held_out] or None,
            processing_class=self.processor,
            callbacks=callbacks,
        )

    def _arguments(self, folder: Path) -> SFTConfig:
        import torch
        from trl import SFTConfig

        from vlm.finetune.trainer import RANK

        config, device = self.config, self.machine.device
        on_gpu, evaluating = device.type == "cuda", bool(self.data.held_out)
        interval = math.ceil(self.steps / max(1, config.evaluations))
        optimiser = "paged_adamw_8bit" if on_gpu else "adamw_torch"
        return SFTConfig(
            output_dir=str(folder),
            per_device_train_batch_size=config.batch,
            per_device_eval_batch_size=config.eval_batch,
            gradient_accumulation_steps=config.accumulation,
            max_steps=self.steps,
            learning_rate=self.stage.lr,
            lr_scheduler_type=config.scheduler,
            warmup_steps=config.warmup,
            weight_decay=config.weight_decay,
            max_grad_norm=config.clip,
            optim=optimiser if config.optimiser == "auto" else config.optimiser,
            activation_checkpointing=config.gradient_checkpointing,
            bf16=compute_type(config.compute, str(device)) is torch.bfloat16,
            use_cpu=not on_gpu,
            logging_steps=config.logging_steps,
            eval_strategy="steps" if evaluating else "no",
            eval_steps=interval,
            save_strategy="steps",
            save_steps=interval,
            save_total_limit=2,
            restore_callback_states_from_checkpoint=True,
            load_best_model_at_end=evaluating,
            metric_for_best_model=RANK,
            report_to=list(config.report_to) or "none",
            seed=config.seed + self.number,
            data_seed=config.seed + self.number,
            dataloader_num_workers=config.workers,
            dataloader_pin_memory=on_gpu,
            remove_unused_columns=False,
            dataset_kwargs={"skip_prepare_dataset": True},
            ddp_find_unused_parameters=False,
        )


def stage_folder(config: TrainConfig, number: int) -> Path:
    """`OUT/stages/1` and so on; `number` counts from 0."""
    return Path(config.out) / STAGES_FOLDER / str(number + 1)


def last_checkpoint(folder: Path) -> Path | None:
    """The newest complete checkpoint."""
    complete = [path.parent for path in folder.glob("checkpoint-*/trainer_state.json")]
    return max(complete, key=lambda path: int(path.name.partition("-")[2]), default=None)


def _best(trainer: ReaderTrainer) -> dict[str, float]:
    """The metrics of the best evaluation; empty when there was none."""
    from vlm.finetune.trainer import RANK

    evaluated = [entry for entry in trainer.state.log_history if f"eval_{RANK}" in entry]
    best: dict[str, float] = max(evaluated, key=lambda entry: entry[f"eval_{RANK}"], default={})
    return {name: round(float(best[f"eval_{name}"]), 6) for name in METRICS if f"eval_{name}" in best}
