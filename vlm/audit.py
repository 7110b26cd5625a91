"""Does the text of the picture bear the label out?

Of the challenge's catalogue labels about 74 % are right, 18 % are not in the picture and 8 % are wrong. The OCR page
tells much of this apart: it gives each label a flag, and the flag a weight.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ocr.token import OcrResult
from rules.answer import Answer
from rules.fold import fold
from rules.judge import Candidate, candidates_for
from rules.ranker import HandSetRanker
from rules.sightings import Sighting, sightings_of
from rules.units import in_base

SAME = 0.02
"""Relative difference up to which the label and a printed measure are the same."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


class Support(StrEnum):
    """What the OCR page says about a label."""

    STATED = "stated"
    """The page states this measure, perhaps in another unit."""
    NUMBER_SEEN = "number_seen"
    """The number is there, its unit was not read beside it."""
    CONTRADICTED = "contradicted"
    """The page states measures that could be meant, but none is the label's."""
    UNSUPPORTED = "unsupported"
    """The page states nothing that could be meant."""
    NO_PAGE = "no_page"
    """The picture was not read."""


WEIGHT: dict[Support, float] = {
    Support.STATED: 1.0,
    Support.NUMBER_SEEN: 0.7,
    Support.CONTRADICTED: 0.3,
    Support.UNSUPPORTED: 0.2,
    Support.NO_PAGE: 0.5,
}
"""Weight of a catalogue label in training; labels made by looking at the picture weigh 1."""

DOUBTFUL = frozenset({Support.CONTRADICTED, Support.UNSUPPORTED})


@dataclass(frozen=True, slots=True)
class PageAudit:
    """A page with what it states, found once for all questions about it."""

    page: OcrResult
    sightings: tuple[Sighting, ...]

    @classmethod
    def of(cls, page: OcrResult) -> PageAudit:
        """The audit of a page."""
        return cls(page, sightings_of(page))

    def candidates(self, entity: str) -> tuple[Candidate, ...]:
        """All measures of the page that could answer for `entity`."""
        return candidates_for(self.page, self.sightings, entity, HandSetRanker())

    def support(self, answer: Answer, entity: str) -> Support:
        """What the page says about the label `answer`."""
        candidates = self.candidates(entity)
        if any(_same(answer, c.answer) for c in candidates):
            return Support.STATED
        if self._shows(answer.value):
            return Support.NUMBER_SEEN
        return Support.CONTRADICTED if candidates else Support.UNSUPPORTED

    def _shows(self, value: float) -> bool:
        seen = (m[0].replace(",", ".") for token in self.page.tokens for m in _NUMBER.finditer(fold(token.text)))
        return any(float(number) == value for number in seen)


def support_of(audit: PageAudit | None, answer: Answer, entity: str) -> Support:
    """What the page of a picture, if it has one, says about the label `answer`."""
    return Support.NO_PAGE if audit is None else audit.support(answer, entity)


def _same(label: Answer, printed: Answer) -> bool:
    wanted = in_base(label.value, label.unit)
    return abs(in_base(printed.value, printed.unit) - wanted) <= SAME * wanted
