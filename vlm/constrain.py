"""Constrained decoding: at every step only tokens that lead to an answer of the row's entity keep their score.

The grammar (`vlm.grammar`) is about characters, so it works for every tokenizer: with single digits or whole numbers,
blanks alone or before words (`▁gram`), bytes (`<0x67>`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import torch
from transformers import LogitsProcessor

from vlm.grammar import KNOWN_UNITS, AnswerGrammar
from vlm.prompt import UNANSWERABLE

CACHED_TEXTS = 4096
"""Size of the cache of the tokens that may follow a text."""

_BYTE = re.compile(r"<0x([0-7][0-9A-F])>")
_PIECE = re.compile(r"[0-9.]*([a-z ]*)")
_PHRASES = (UNANSWERABLE, *(f" {unit}" for unit in KNOWN_UNITS))


@dataclass(slots=True)
class _Node:
    """The tokens that spell the path to this node, and the next characters."""

    tokens: list[int] = field(default_factory=list)
    children: dict[str, _Node] = field(default_factory=dict)


class AnswerTokens:
    """The tokens of a vocabulary that can be part of an answer, as a tree of their characters."""

    def __init__(self, vocabulary: Mapping[str, int], end: int, device: torch.device | str = "cpu") -> None:
        """`vocabulary` maps pieces, in SentencePiece's notation, to token ids; `end` is the id that ends a text.

        The ids of tokens that may follow are kept on `device`, that of the logits.

        As in a tokenizer, a byte counts only where no other piece spells its character.
        """
        self.end = end
        self._device = device
        self.texts: dict[int, str] = {}
        self._root = _Node()
        for piece, token in vocabulary.items():
            text = _text_of(piece)
            redundant_byte = _BYTE.fullmatch(piece) and text.replace(" ", "▁") in vocabulary
            if text and _may_be_part(text) and not redundant_byte:
                self.texts[token] = text
                self._add(text, token)
        self.allowed = lru_cache(maxsize=CACHED_TEXTS)(self._allowed)

    @property
    def unanswerable_beginnings(self) -> tuple[int, ...]:
        """The first tokens of the word `unanswerable`; no other answer begins with them."""
        return tuple(token for token, text in self.texts.items() if UNANSWERABLE.startswith(text))

    def text(self, tokens: Sequence[int]) -> str:
        """The text of the tokens; a token outside all answers has none."""
        return "".join(self.texts.get(token, "") for token in tokens)

    def _allowed(self, text: str, grammar: AnswerGrammar) -> torch.Tensor:
        """The ids of the tokens that may follow `text`, at least one."""
        allowed: list[int] = []
        open_nodes = [(text, self._root)]
        while open_nodes:
            so_far, node = open_nodes.pop()
            allowed += node.tokens
            for character, child in node.children.items():
                longer = so_far + character
                if grammar.begins(longer):
                    open_nodes.append((longer, child))
        if grammar.is_answer(text) or not allowed:
            allowed.append(self.end)
        return torch.tensor(sorted(allowed), device=self._device)

    def _add(self, text: str, token: int) -> None:
        node = self._root
        for character in text:
            node = node.children.setdefault(character, _Node())
        node.tokens.append(token)


class AnswerConstraint(LogitsProcessor):
    """Limits each row of a batch to the answers of its own entity."""

    def __init__(self, tokens: AnswerTokens, grammars: Sequence[AnswerGrammar], prompt_length: int) -> None:
        """One grammar per row of the batch; `prompt_length` counts the tokens of the padded prompts."""
        self._tokens = tokens
        self._grammars = grammars
        self._prompt_length = prompt_length

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """`scores` (rows, vocabulary) with minus infinity for every token that may not come next.

        Rows that have ended stay as they are.
        """
        constrained = torch.full_like(scores, -torch.inf)
        for row, answer in enumerate(input_ids[:, self._prompt_length :].tolist()):
            if self._tokens.end in answer:
                constrained[row] = scores[row]
                continue
            allowed = self._tokens.allowed(self._tokens.text(answer), self._grammars[row])
            constrained[row, allowed] = scores[row, allowed]
        return constrained


class GreedyRecord(LogitsProcessor):
    """Keeps of greedy decoding what answers are scored by, step by step, so that no logits need to stay in memory.

    `chosen` (rows, steps) are the log probabilities of the tokens taken, `watched` (rows,) the probability of a set of
    tokens at the first step. Both are under the model's own logits, before the constraint: so an answer that only the
    constraint made the model give keeps its low probability, which renormalised scores would take for certain.
    """

    def __init__(self, constraint: AnswerConstraint | None, watched: Sequence[int]) -> None:
        self._constraint = constraint
        self._watched = list(watched)
        self._steps: list[torch.Tensor] = []
        self.watched = torch.zeros(0)

    @property
    def chosen(self) -> torch.Tensor:
        """The log probabilities of the tokens taken; those after a row's end mean nothing."""
        return torch.stack(self._steps, dim=1)

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """`scores` (rows, vocabulary) as the constraint leaves them."""
        left = scores if self._constraint is None else self._constraint(input_ids, scores)
        total = scores.float().logsumexp(dim=-1, keepdim=True)
        if not self._steps:
            self.watched = (scores[:, self._watched] - total).exp().sum(dim=1)
        self._steps.append((scores.gather(1, left.argmax(dim=-1, keepdim=True)) - total)[:, 0])
        return left


def _text_of(piece: str) -> str:
    byte = _BYTE.fullmatch(piece)
    return chr(int(byte[1], 16)) if byte else piece.replace("▁", " ")


def _may_be_part(text: str) -> bool:
    """Whether some answer may hold `text`; true too often, since the grammar decides in the end."""
    match = _PIECE.fullmatch(text)
    return match is not None and any(match[1] in phrase for phrase in _PHRASES)
