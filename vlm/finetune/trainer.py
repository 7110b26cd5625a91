"""trl's SFTTrainer with a weight for each row, and evaluation of generated answers."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, Any

import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from trl import SFTTrainer

from rules.counts import Counts
from rules.outcome import count
from vlm.finetune.collate import WEIGHT
from vlm.finetune.examples import Example
from vlm.finetune.score import answered, metrics_of, outcome_of_text
from vlm.generate import PaliGemmaReader
from vlm.prompt import PromptForm
from vlm.reader import ReaderOptions

if TYPE_CHECKING:
    from peft import PeftModel
    from transformers.trainer_utils import EvalLoopOutput

RANK = "rank"
"""The metric of the best checkpoint: F1, and the loss among equal ones."""
LOSS_SHARE = 1e-6


class ReaderTrainer(SFTTrainer):
    """Trains an adapter on rows of `vlm.finetune.examples.Example`s.

    Evaluation adds the challenge's F1 of generated answers to the loss, as `eval_f1`, `eval_precision`,
    `eval_recall` and `eval_rows`.
    """

    def __init__(self, model: PeftModel, *, prompt_form: PromptForm = PromptForm.PLACES, **settings: Any) -> None:
        """`prompt_form` is that of evaluations, `settings` are those of SFTTrainer."""
        self._prompt_form = prompt_form
        adapter = [parameter for parameter in model.parameters() if parameter.requires_grad]
        values = [parameter.detach().clone() for parameter in adapter]
        # trl and transformers would have gradients flow from all embeddings on, those of pictures included. Adapters
        # need none of it, and the frozen vision tower would be computed twice and differentiated.
        model.get_base_model().enable_input_require_grads = _nothing
        super().__init__(model, **settings)
        # trl rounds the adapters of quantised models to bf16, where small updates of long runs vanish
        for parameter, value in zip(adapter, values, strict=True):
            parameter.data = value

    def compute_loss(
        self,
        model: torch.nn.Module,
        inputs: dict[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> Any:
        """The mean loss of the answers' tokens, each scaled by its row's weight; without the full logits."""
        outputs = model(**{name: tensor for name, tensor in inputs.items() if name != WEIGHT}, fused_lm_head=True)
        loss = -(outputs.log_probs * inputs[WEIGHT][:, None]).sum()
        if num_items_in_batch is None:
            loss = loss / outputs.label_mask.sum()
        else:  # the tokens of all processes, over which the gradients are averaged
            loss = loss / num_items_in_batch * self.accelerator.num_processes
        return (loss, outputs) if return_outputs else loss

    def evaluation_loop(self, *args: Any, metric_key_prefix: str = "eval", **kwargs: Any) -> EvalLoopOutput:
        """The base class's metrics and the score of the generated answers."""
        output = super().evaluation_loop(*args, metric_key_prefix=metric_key_prefix, **kwargs)
        measured = metrics_of(self.score())
        measured[RANK] = measured["f1"] - LOSS_SHARE * output.metrics[f"{metric_key_prefix}_loss"]
        output.metrics.update({f"{metric_key_prefix}_{name}": value for name, value in measured.items()})
        return output

    def score(self) -> Counts:
        """The score on the held-out examples, as `predict` would answer them; several processes share the work."""
        options = ReaderOptions(batch_size=self.args.per_device_eval_batch_size)
        model = self.accelerator.unwrap_model(self.model)
        reader = PaliGemmaReader(model, self.processing_class, prompt_form=self._prompt_form, options=options)
        rows = self.eval_dataset[self.accelerator.process_index :: self.accelerator.num_processes]
        examples = [Example.from_row(row) for row in rows]
        score = count(outcome_of_text(answer.text, example) for example, answer in answered(reader, examples))
        counts = torch.tensor([astuple(score)], device=self.accelerator.device)
        return Counts(*self.accelerator.gather(counts).sum(dim=0).tolist())

    def create_model_card(self, *args: Any, **kwargs: Any) -> None:
        """Does nothing: `vlm.finetune.card` writes the card once, at the end."""


def _nothing() -> None:
    """Stands in for a method that is not wanted."""


class EvaluateAtEnd(TrainerCallback):
    """Evaluates the last step too, so that it can be the best."""

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> TrainerControl:
        """Sets the evaluation at the last step."""
        if state.global_step >= state.max_steps:
            control.should_evaluate = True
        return control
