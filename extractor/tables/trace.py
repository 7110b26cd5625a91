"""One line of the trace per row: what was answered, on what grounds, and what it took.

A line is a JSON object:
    index, image_link, entity   the row asked about
    prediction                  the answer as it stands in the output, "" for none
    source                      who decided: "ocr" (and the rules), "vlm", "ocr+vlm"; null when nobody was asked
    outcome                     how the sources came to one decision, see `extractor.stages.combine`; null as above
    reason, detail              "answered" or a short code why not; a sentence where there is more to say
    confidence                  0 to 1, that the prediction is right
    picture                     SHA-256 of the picture's bytes, null when it could not be had
    tokens                      text, box and score of the OCR tokens that the answer stands on
    candidates                  the best values considered: answer, score, text as read, features
    vlm                         what the reader said: text, confidence, unanswerable (that word's
                                probability); null when it was not asked or failed
    seconds                     fetch, ocr, rules and vlm; fetch and ocr are those of the picture, whichever
                                row it was fetched and read for; vlm is the row's share of its batch; 0 for
                                what was there from before
    cached                      fetch, ocr, answer (the rules') and vlm: whether it was there from before
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from extractor.stages.answer import Decision
from extractor.stages.combine import Outcome
from extractor.stages.reasons import Failure, Fault
from extractor.tables.rows import Row
from ocr.token import OcrToken
from rules.sanity import prediction_fault

if TYPE_CHECKING:
    from vlm.answer import VlmAnswer


@dataclass(frozen=True, slots=True)
class StageSeconds:
    """What each stage took, in seconds."""

    fetch: float = 0.0
    ocr: float = 0.0
    rules: float = 0.0
    vlm: float = 0.0


@dataclass(frozen=True, slots=True)
class StagesCached:
    """Which stages' results were there from an earlier run."""

    fetch: bool = False
    ocr: bool = False
    answer: bool = False
    vlm: bool = False


@dataclass(frozen=True, slots=True)
class RowTrace:
    """What became of one row. `content` is the SHA-256 of the picture's bytes, None without a picture."""

    row: Row
    decision: Decision
    content: str | None
    seconds: StageSeconds
    cached: StagesCached

    @property
    def prediction(self) -> str:
        """The answer, "" for none."""
        return self.decision.prediction

    @property
    def reason(self) -> str:
        """ "answered", or a short code for why there is no answer."""
        return self.decision.reason

    @property
    def source(self) -> str:
        """Who answered, "" when nobody was asked."""
        return self.decision.source

    @property
    def confidence(self) -> float:
        """The confidence in the prediction, 0 to 1."""
        return self.decision.confidence

    def to_json(self) -> str:
        """The row's line in the trace, as the module describes it."""
        decision = self.decision
        return json.dumps(
            {
                "index": self.row.index,
                "image_link": self.row.image_link,
                "entity": self.row.entity,
                "prediction": decision.prediction,
                "source": decision.source or None,
                "outcome": decision.outcome or None,
                "reason": decision.reason,
                "detail": decision.detail,
                "confidence": round(decision.confidence, 4),
                "picture": self.content,
                "tokens": [_token_data(token) for token in decision.tokens],
                "candidates": [
                    {"answer": c.answer, "score": round(c.score, 4), "text": c.text, "features": dict(c.features)}
                    for c in decision.candidates
                ],
                "vlm": _vlm_data(decision.vlm),
                "seconds": {
                    "fetch": round(self.seconds.fetch, 4),
                    "ocr": round(self.seconds.ocr, 4),
                    "rules": round(self.seconds.rules, 4),
                    "vlm": round(self.seconds.vlm, 4),
                },
                "cached": {
                    "fetch": self.cached.fetch,
                    "ocr": self.cached.ocr,
                    "answer": self.cached.answer,
                    "vlm": self.cached.vlm,
                },
            },
            ensure_ascii=False,
        )


def checked(decision: Decision, entity: str) -> Decision:
    """The decision as it may be written: emptied if its prediction would make the output invalid."""
    fault = prediction_fault(decision.prediction, entity)
    if fault is None:
        return decision
    return replace(
        decision,
        prediction="",
        reason=Fault.INVALID_ANSWER,
        confidence=0.0,
        detail=f"the answer was not allowed: {fault}",
        outcome=Outcome.ABSTAIN,
    )


def undecided(failure: Failure) -> Decision:
    """The empty decision on a picture that could not be used."""
    return Decision("", "", failure.reason, 0.0, detail=failure.detail)


def _token_data(token: OcrToken) -> dict[str, object]:
    return {"text": token.text, "box": token.box, "score": round(token.score, 4)}


def _vlm_data(said: VlmAnswer | None) -> dict[str, object] | None:
    if said is None:
        return None
    return {
        "text": said.text,
        "confidence": round(said.confidence, 4),
        "unanswerable": round(said.unanswerable, 4),
    }
