"""trl's SFTTrainer with a weight for each row, and evaluation of generated answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from trl import SFTTrainer

from rules.counts import Counts
from vlm.finetune.collate import WEIGHT, Collator
from vlm.finetune.examples import Example
from vlm.finetune.score import generate_texts, score_texts

if TYPE_CHECKING:
    from datasets import Dataset
    from peft import PeftModel
    from transformers import PaliGemmaProcessor
    from transformers.trainer_utils import EvalLoopOutput
    from trl import SFTConfig

RANK = "rank"
"""The metric of the best checkpoint: F1, and the loss among equal ones."""
LOSS_SHARE = 1e-6


class ReaderTrainer(SFTTrainer):
    """Trains an adapter on rows of `vlm.finetune.collate.with_prompts`.

    Evaluation adds the challenge's F1 of generated answers to the loss, as `eval_f1`, `eval_precision`,
    `eval_recall` and `eval_rows`.
    """

    def __init__(
        self,
        model: PeftModel,
        args: SFTConfig,
        processor: PaliGemmaProcessor,
        *,
        train_dataset: Dataset,
        eval_dataset: Dataset | None,
        eval_examples: Sequence[Example],
        callbacks: Sequence[TrainerCallback],
        max_new_tokens: int,
    ) -> None:
        trained = {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}
        super().__init__(
            model=model,
            args=args,
            data_collator=Collator(processor),
            train_dataset=train_dataset,
            eval_dataset=eval_dataset,
            processing_class=processor,
            callbacks=list(callbacks),
        )
        # trl rounds the adapters of quantised models to bf16, where small updates of long runs vanish
        for name, parameter in model.named_parameters():
            if name in trained:
                parameter.data = trained[name]
        self._examples = eval_examples
        self._max_new_tokens = max_new_tokens

    def compute_loss(
        self,
        model: torch.nn.Module,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> Any:
        """The mean loss of the answers' tokens, each scaled by its row's weight; without the full logits."""
        weights = inputs[WEIGHT]
        outputs = model(**{k: v for k, v in inputs.items() if k != WEIGHT}, fused_lm_head=True)
        losses = -outputs.log_probs * weights.to(outputs.log_probs.device)[:, None]
        tokens = outputs.label_mask.sum() if num_items_in_batch is None else num_items_in_batch
        loss = losses.sum() / torch.as_tensor(tokens, device=losses.device).clamp(min=1)
        if num_items_in_batch is not None and self.args.average_tokens_across_devices:
            loss = loss * self.accelerator.num_processes
        return (loss, outputs) if return_outputs else loss

    def evaluation_loop(self, *args: Any, metric_key_prefix: str = "eval", **kwargs: Any) -> EvalLoopOutput:
        """The base class's metrics and the score of the generated answers."""
        output = super().evaluation_loop(*args, metric_key_prefix=metric_key_prefix, **kwargs)
        score = self.score()
        measured = {
            "f1": score.f1,
            "precision": score.precision,
            "recall": score.recall,
            "rows": score.total,
            RANK: score.f1 - LOSS_SHARE * output.metrics[f"{metric_key_prefix}_loss"],
        }
        output.metrics.update({f"{metric_key_prefix}_{name}": value for name, value in measured.items()})
        return output

    def score(self) -> Counts:
        """The score on the held-out examples; several processes share the work."""
        mine = self._examples[self.accelerator.process_index :: self.accelerator.num_processes]
        texts = generate_texts(
            self.accelerator.unwrap_model(self.model),
            self.processing_class,
            mine,
            batch=self.args.per_device_eval_batch_size,
            max_new_tokens=self._max_new_tokens,
        )
        score = score_texts(texts, mine)
        counts = torch.tensor([[score.tp, score.fp, score.fn, score.tn]], device=self.accelerator.device)
        return Counts(*self.accelerator.gather(counts).sum(dim=0).tolist())

    def create_model_card(self, *args: Any, **kwargs: Any) -> None:
        """Does nothing: `vlm.finetune.card` writes the card once, at the end."""


class EvaluateAtEnd(TrainerCallback):
    """Evaluates the last step too, so that it can be the best."""

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> TrainerControl:
        """Sets the evaluation at the last step."""
        if state.global_step >= state.max_steps:
            control.should_evaluate = True
        return control
