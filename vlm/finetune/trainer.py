"""transformers' Trainer with a weight for each row, and evaluation of generated answers."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, Any

import torch
from torch.nn.functional import cross_entropy, pad
from transformers import Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from rules.counts import Counts
from rules.outcome import count
from vlm.finetune.collate import WEIGHT
from vlm.finetune.score import answered, metrics_of, outcome_of_text
from vlm.generate import PaliGemmaReader
from vlm.reader import ReaderOptions

if TYPE_CHECKING:
    from transformers.trainer_utils import EvalLoopOutput

LABELS = "labels"
RANK = "rank"
"""The metric of the best checkpoint: F1, and the loss among equal ones."""
LOSS_SHARE = 1e-6


class ReaderTrainer(Trainer):
    """Trains an adapter on `vlm.finetune.examples.Example`s.

    Evaluation adds the challenge's F1 of generated answers to the loss, as `eval_f1`, `eval_precision`,
    `eval_recall` and `eval_rows`.
    """

    def compute_loss(
        self,
        model: torch.nn.Module,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> Any:
        """The mean loss of the answers' tokens, each scaled by its row's weight; without the full logits."""
        given = {name: tensor for name, tensor in inputs.items() if name not in (LABELS, WEIGHT)}
        labels = inputs[LABELS][:, 1:]
        learnt = labels != -100
        outputs = model(**given, logits_to_keep=pad(learnt, (0, 1)), use_cache=False)
        losses = cross_entropy(outputs.logits.float(), labels[learnt], reduction="none")
        weights = inputs[WEIGHT][:, None].expand_as(labels)[learnt]
        tokens = learnt.sum() if num_items_in_batch is None else num_items_in_batch
        loss = (losses * weights).sum() / tokens * self.accelerator.num_processes
        return (loss, outputs) if return_outputs else loss

    def evaluation_loop(self, *args: Any, metric_key_prefix: str = "eval", **kwargs: Any) -> EvalLoopOutput:
        """The base class's metrics and the score of the generated answers."""
        output = super().evaluation_loop(*args, metric_key_prefix=metric_key_prefix, **kwargs)
        measured = metrics_of(self.score())
        measured[RANK] = measured["f1"] - LOSS_SHARE * output.metrics[f"{metric_key_prefix}_loss"]
        output.metrics.update({f"{metric_key_prefix}_{name}": value for name, value in measured.items()})
        return output

    def score(self) -> Counts:
        """The score on the held-out examples; several processes share the work."""
        options = ReaderOptions(constrained=False, batch_size=self.args.per_device_eval_batch_size)
        reader = PaliGemmaReader(self.accelerator.unwrap_model(self.model), self.processing_class, options=options)
        mine = self.eval_dataset[self.accelerator.process_index :: self.accelerator.num_processes]
        score = count(outcome_of_text(answer.text, example) for example, answer in answered(reader, mine))
        counts = torch.tensor([astuple(score)], device=self.accelerator.device)
        return Counts(*self.accelerator.gather(counts).sum(dim=0).tolist())


class EvaluateAtEnd(TrainerCallback):
    """Evaluates the last step too, so that it can be the best."""

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> TrainerControl:
        """Sets the evaluation at the last step."""
        if state.global_step >= state.max_steps:
            control.should_evaluate = True
        return control
