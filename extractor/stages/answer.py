"""What is answered for one entity of one picture, with its grounds; and what the rules alone would answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ocr.token import Box, OcrToken

if TYPE_CHECKING:
    from rules.ranker import Ranker
    from rules.select import Candidate, ParsedPage, Selection
    from vlm.answer import VlmAnswer

OCR_SOURCE, VLM_SOURCE, BOTH_SOURCES = "ocr", "vlm", "ocr+vlm"
ANSWERED = "answered"
CANDIDATES_KEPT = 10


@dataclass(frozen=True, slots=True)
class TracedCandidate:
    """A value that could have been the answer: its allowed form, score, text as read, and features."""

    answer: str
    score: float
    text: str
    features: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What is answered for one entity of one picture, and on what grounds.

    `prediction` is "" for no answer, and `reason` says why in a short code ("answered" otherwise).
    `tokens` are those the answer stands on, `candidates` the best CANDIDATES_KEPT of the rules, the chosen one
    among them, best first. `outcome` (see `extractor.stages.combine`) and `vlm` are set once all
    sources have been heard.
    """

    prediction: str
    source: str
    reason: str
    confidence: float
    tokens: tuple[OcrToken, ...] = ()
    candidates: tuple[TracedCandidate, ...] = ()
    detail: str = ""
    outcome: str = ""
    vlm: VlmAnswer | None = None

    def to_json(self) -> str:
        """One line of JSON that `from_json` reads back to an equal decision, if it is one of the rules alone."""
        return json.dumps(
            {
                "prediction": self.prediction,
                "source": self.source,
                "reason": self.reason,
                "confidence": self.confidence,
                "tokens": [[t.text, t.box, t.score] for t in self.tokens],
                "candidates": [[c.answer, c.score, c.text, c.features] for c in self.candidates],
                "detail": self.detail,
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Decision:
        """The decision that `to_json` wrote; raises ValueError, TypeError or KeyError on anything else."""
        fields: Mapping[str, Any] = json.loads(text)
        candidates = tuple(
            TracedCandidate(answer, float(score), span, tuple((name, float(x)) for name, x in features))
            for answer, score, span, features in fields["candidates"]
        )
        return cls(
            fields["prediction"],
            fields["source"],
            fields["reason"],
            float(fields["confidence"]),
            tuple(OcrToken(text, _box(box), float(score)) for text, box, score in fields["tokens"]),
            candidates,
            fields["detail"],
        )


def decision_of_rules(page: ParsedPage, entity: str, ranker: Ranker) -> Decision:
    """The answer for `entity` (one of `rules.constants.ENTITIES`) that the page supports, or none."""
    from rules.select import selection_of

    return _traced_verdict(selection_of(page, entity, ranker))


def _traced_verdict(verdict: Selection) -> Decision:
    kept = verdict.candidates[:CANDIDATES_KEPT]
    if verdict.chosen is not None and verdict.chosen not in kept:
        kept = (*kept[:-1], verdict.chosen)
    return Decision(
        "" if verdict.answer is None else str(verdict.answer),
        OCR_SOURCE,
        str(verdict.reason),
        float(verdict.confidence),
        verdict.chosen.quantity.tokens if verdict.chosen and verdict.answer else (),
        tuple(map(_traced, kept)),
    )


def _traced(candidate: Candidate) -> TracedCandidate:
    features = tuple((name, float(value)) for name, value in candidate.features)
    return TracedCandidate(str(candidate.answer), float(candidate.score), candidate.quantity.text, features)


def _box(corners: list[list[float]]) -> Box:
    a, b, c, d = ((float(x), float(y)) for x, y in corners)
    return a, b, c, d
