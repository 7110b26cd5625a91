"""Constrained decoding: at every step only tokens that lead to an answer of the row's entity keep their score.

The grammar (`vlm.grammar`) is about characters, so any way in which a tokenizer cuts answers into tokens will do:
single digits or whole numbers, blanks alone or before words (`▁gram`), bytes (`<0x67>`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import torch
from transformers import LogitsProcessor, PreTrainedTokenizerBase

from rules.constants import ALLOWED_UNITS
from vlm.grammar import AnswerGrammar
from vlm.prompt import UNANSWERABLE

REMEMBERED_TEXTS = 4096
"""Texts for which the tokens that may follow are kept in memory."""

_BYTE = re.compile(r"<0x([0-7][0-9A-F])>")
_PIECE = re.compile(r"[\d.]*([a-z ]*)")
_PHRASES = (UNANSWERABLE, *(f" {unit}" for unit in sorted(ALLOWED_UNITS)))


@dataclass(slots=True)
class _Node:
    """The tokens that spell the path to here, and where the path goes on."""

    tokens: list[int] = field(default_factory=list)
    children: dict[str, _Node] = field(default_factory=dict)


class AnswerTokens:
    """The tokens of a vocabulary that can be part of an answer, as a tree of their characters."""

    def __init__(self, vocabulary: Mapping[str, int], end: int) -> None:
        """`vocabulary` maps pieces, in SentencePiece's notation, to token ids; `end` is the id that ends a text.

        Bytes count only where no other piece spells their character, as in every text that a tokenizer makes.
        """
        self.end = end
        self.texts: dict[int, str] = {}
        self._root = _Node()
        for piece, token in vocabulary.items():
            text = _text_of(piece)
            needless_byte = _BYTE.fullmatch(piece) and text.replace(" ", "▁") in vocabulary
            if text and _may_be_part(text) and not needless_byte:
                self.texts[token] = text
                self._add(text, token)
        self.allowed = lru_cache(maxsize=REMEMBERED_TEXTS)(self._allowed)

    @classmethod
    def of(cls, tokenizer: PreTrainedTokenizerBase) -> AnswerTokens:
        """The answer tokens of a tokenizer."""
        return cls(tokenizer.get_vocab(), int(tokenizer.eos_token_id))

    @property
    def unanswerable_beginnings(self) -> tuple[int, ...]:
        """The tokens with which the word `unanswerable`, and no other answer, begins."""
        return tuple(token for token, text in self.texts.items() if UNANSWERABLE.startswith(text))

    def text(self, tokens: Sequence[int]) -> str:
        """What the tokens spell; tokens that can be in no answer spell nothing."""
        return "".join(self.texts.get(token, "") for token in tokens)

    def _allowed(self, text: str, grammar: AnswerGrammar) -> torch.Tensor:
        """The ids of the tokens that may follow `text`, at least one."""
        found: list[int] = []
        open_nodes = [(text, self._root)]
        while open_nodes:
            so_far, node = open_nodes.pop()
            found += node.tokens
            for character, child in node.children.items():
                longer = so_far + character
                if grammar.begins(longer):
                    open_nodes.append((longer, child))
        if grammar.is_answer(text) or not found:
            found.append(self.end)
        return torch.tensor(sorted(found))

    def _add(self, text: str, token: int) -> None:
        node = self._root
        for character in text:
            node = node.children.setdefault(character, _Node())
        node.tokens.append(token)


class AnswerConstraint(LogitsProcessor):
    """Lets each row of a batch say an answer of its own entity and nothing else."""

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
        for row, said in enumerate(input_ids[:, self._prompt_length :].tolist()):
            if self._tokens.end in said:
                constrained[row] = scores[row]
                continue
            allowed = self._tokens.allowed(self._tokens.text(said), self._grammars[row]).to(scores.device)
            constrained[row, allowed] = scores[row, allowed]
        return constrained


def _text_of(piece: str) -> str:
    byte = _BYTE.fullmatch(piece)
    return chr(int(byte[1], 16)) if byte else piece.replace("▁", " ")


def _may_be_part(text: str) -> bool:
    """Whether some answer holds `text`; rather too often yes, since the grammar decides."""
    match = _PIECE.fullmatch(text)
    return match is not None and any(match[1] in phrase for phrase in _PHRASES)
