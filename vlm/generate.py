"""Greedy answers of a PaliGemma with confidences; pictures are encoded once, questions batched by length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeVar

import numpy as np
import torch
from PIL import Image
from transformers import LogitsProcessorList, PaliGemmaForConditionalGeneration, PaliGemmaProcessor
from transformers.modeling_outputs import BaseModelOutputWithPooling

from ocr.picture import Picture
from rules.constants import ENTITIES
from vlm.answer import VlmAnswer
from vlm.confidence import calibrated
from vlm.constrain import AnswerConstraint, AnswerTokens, GreedyRecord
from vlm.decoding import Decoding
from vlm.grammar import AnswerGrammar
from vlm.likelihood import log_likelihoods
from vlm.prompt import PromptForm, make_prompt
from vlm.reader import DEFAULT_OPTIONS, PictureQuestions, ReaderOptions

PICTURES_AT_ONCE = 32
"""Pictures whose features are in memory at a time; their questions are sorted by length into batches."""

_GRAMMARS = {
    decoding: {entity: AnswerGrammar(entity, any_unit=decoding is Decoding.KNOWN_UNIT) for entity in ENTITIES}
    for decoding in Decoding
}

Item = TypeVar("Item")
Result = TypeVar("Result")


class OutOfGpuMemoryError(Exception):
    """The memory is too small for a batch of one; the message names remedies."""


@dataclass(frozen=True, slots=True)
class _Question:
    picture: int
    entity: str
    prompt: tuple[int, ...]


class PaliGemmaReader:
    """Answers questions about pictures with a PaliGemma and its processor."""

    def __init__(
        self,
        model: PaliGemmaForConditionalGeneration,
        processor: PaliGemmaProcessor,
        *,
        fingerprint: str = "",
        temperature: float = 1.0,
        prompt_form: PromptForm = PromptForm.PLACES,
        options: ReaderOptions = DEFAULT_OPTIONS,
    ) -> None:
        """`model` must be in evaluation mode, may be wrapped by peft, and keeps its device and precision."""
        self.fingerprint = fingerprint
        self._model = model
        self._processor = processor
        self._temperature = temperature
        self._prompt_form = prompt_form
        self._options = options
        self.batch_size = options.batch_size
        """Questions generated at a time: the option's number, or fewer after the GPU ran out of memory."""

    @torch.inference_mode()
    def read(self, items: Sequence[PictureQuestions]) -> list[tuple[VlmAnswer, ...]]:
        """For each item an answer to each of its entities, in their order.

        Raises KeyError for an unknown entity and OutOfGpuMemoryError.
        """
        answers: list[tuple[VlmAnswer, ...]] = []
        with ThreadPoolExecutor(self._options.picture_workers) as workers:
            upcoming = workers.map(self._pixels, [item.picture for item in items[:PICTURES_AT_ONCE]])
            for start in range(0, len(items), PICTURES_AT_ONCE):
                end = start + PICTURES_AT_ONCE
                pixels = list(upcoming)
                upcoming = workers.map(self._pixels, [item.picture for item in items[end : end + PICTURES_AT_ONCE]])
                answers += self._answers(items[start:end], pixels)
        return answers

    @torch.inference_mode()
    def score(
        self, items: Sequence[PictureQuestions], texts: Sequence[Sequence[Sequence[str]]]
    ) -> list[tuple[tuple[float, ...], ...]]:
        """For each item and each of its entities the log-likelihoods (nats) of some answers' texts.

        `texts` has for each item and entity at least one text. Raises KeyError for an unknown entity.
        """
        scored = []
        for item, of_item in zip(items, texts, strict=True):
            (features,) = self._features([self._pixels(item.picture)])
            prompts = (self._prompt(make_prompt(entity, item.page, self._prompt_form)) for entity in item.entities)
            scored.append(
                tuple(
                    tuple(log_likelihoods(self._model, features, prompt, [*map(self._answer, some)]))
                    for prompt, some in zip(prompts, of_item, strict=True)
                )
            )
        return scored

    def _answer(self, text: str) -> list[int]:
        """The token ids of an answer and its end, as in training."""
        tokenizer = self._processor.tokenizer
        ids: list[int] = tokenizer(f"{text}{tokenizer.eos_token}", add_special_tokens=False)["input_ids"]
        return ids

    def prepared(self, picture: Picture) -> Picture:
        """The picture scaled to what the model sees, which is all that `read` needs of it; for other threads."""
        processor = self._processor.image_processor
        size = processor.size["width"], processor.size["height"]
        return np.asarray(Image.fromarray(picture).resize(size, processor.resample))

    def _pixels(self, picture: Picture) -> torch.Tensor:
        """The input of the vision tower: (channels, height, width)."""
        prepared = self._processor.image_processor(images=picture, return_tensors="pt")
        pixels: torch.Tensor = prepared["pixel_values"][0]
        return pixels

    def _answers(
        self, items: Sequence[PictureQuestions], pixels: Sequence[torch.Tensor]
    ) -> list[tuple[VlmAnswer, ...]]:
        features = self._in_batches(self._features, pixels)
        questions = [
            _Question(number, entity, self._prompt(make_prompt(entity, item.page, self._prompt_form)))
            for number, item in enumerate(items)
            for entity in item.entities
        ]
        # The longest first: when memory runs out it does so at once.
        order = sorted(range(len(questions)), key=lambda q: len(questions[q].prompt), reverse=True)
        generate = partial(self._generate, features)
        sorted_answers = self._in_batches(generate, [questions[number] for number in order])
        by_question = dict(zip(order, sorted_answers, strict=True))
        in_order = (by_question[number] for number in range(len(questions)))
        return [tuple(next(in_order) for _ in item.entities) for item in items]

    def _features(self, pixels: Sequence[torch.Tensor]) -> list[torch.Tensor]:
        """For each picture its image tokens for the language model: (image tokens, hidden size)."""
        batch = torch.stack(list(pixels)).to(self._model.device, self._model.dtype)
        return list(self._model.get_image_features(pixel_values=batch).pooler_output)

    def _prompt(self, text: str) -> tuple[int, ...]:
        """The processor's token ids for `"<image>" + text`, without its picture."""
        processor = self._processor
        images = processor.image_token * processor.image_seq_length
        tokens = processor.tokenizer(f"{images}{processor.tokenizer.bos_token}{text}\n")
        return tuple(tokens["input_ids"])

    def _generate(self, features: Sequence[torch.Tensor], questions: Sequence[_Question]) -> list[VlmAnswer]:
        tokenizer = self._processor.tokenizer
        model: Any = self._model
        prompts = tokenizer.pad(
            {"input_ids": [list(question.prompt) for question in questions]}, padding_side="left", return_tensors="pt"
        ).to(model.device)
        length = prompts["input_ids"].shape[1]
        free = self._options.decoding is Decoding.FREE
        grammars = [_GRAMMARS[self._options.decoding][question.entity] for question in questions]
        constraint = None if free else AnswerConstraint(self._tokens, grammars, length)
        longest = max(grammar.longest for grammar in grammars) + 1
        images = torch.stack([features[question.picture] for question in questions])
        record = GreedyRecord(constraint, self._tokens.unanswerable_beginnings)
        generated = model.generate(
            input_ids=prompts["input_ids"],
            attention_mask=prompts["attention_mask"],
            # All zeros: attention is bidirectional over the prompt, as in training. By default it would be causal.
            token_type_ids=torch.zeros_like(prompts["input_ids"]),
            mm_encoder_outputs={"image": BaseModelOutputWithPooling(pooler_output=images)},
            do_sample=False,
            num_beams=1,
            max_new_tokens=self._options.max_new_tokens if free else longest,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
            logits_processor=LogitsProcessorList([record]),
        )
        return self._scored(generated[:, length:], record)

    def _scored(self, answers: torch.Tensor, record: GreedyRecord) -> list[VlmAnswer]:
        """The answers (rows, steps) with their probabilities under the model's own logits, see `GreedyRecord`."""
        ended = (answers == self._processor.tokenizer.eos_token_id).long()
        before_end = (ended.cumsum(dim=1) - ended) == 0
        confidences = (record.chosen * before_end).double().sum(dim=1).exp().tolist()
        declined = record.watched.clamp(max=1.0).tolist()
        texts = self._processor.tokenizer.batch_decode(
            [row[row_mask] for row, row_mask in zip(answers, before_end, strict=True)], skip_special_tokens=True
        )
        return [
            VlmAnswer(text.strip(), calibrated(confidence, self._temperature), calibrated(decline, self._temperature))
            for text, confidence, decline in zip(texts, confidences, declined, strict=True)
        ]

    def _in_batches(self, work: Callable[[Sequence[Item]], list[Result]], items: Sequence[Item]) -> list[Result]:
        """The results of `work` for the items, batch by batch; the batch is halved for good when memory runs out."""
        results: list[Result] = []
        while len(results) < len(items):
            batch = items[len(results) : len(results) + self.batch_size]
            try:
                results += work(batch)
                continue
            except torch.cuda.OutOfMemoryError as error:
                if len(batch) == 1:
                    raise OutOfGpuMemoryError(
                        "the GPU's memory is too small for one question at a time: use 4-bit weights "
                        "(--precision 4bit), a model of lower resolution, or the CPU (--device cpu)"
                    ) from error
            # After the handler the error is gone, and with its traceback the tensors in it.
            self.batch_size = len(batch) // 2
            torch.cuda.empty_cache()
        return results

    @cached_property
    def _tokens(self) -> AnswerTokens:
        tokenizer = self._processor.tokenizer
        return AnswerTokens(tokenizer.get_vocab(), tokenizer.eos_token_id, self._model.device)
