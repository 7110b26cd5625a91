"""Whether a label is among the amounts that the rules found in a picture, and how likely that one is right."""

from __future__ import annotations

from dataclasses import dataclass

from extractor.stages.answer import Answer
from extractor.tables.labels import WrittenAmount
from rules.amount import Amount
from rules.normalise import SAME_MEASURE
from rules.outcome import same_number
from rules.units import in_base, kind_of


@dataclass(frozen=True, slots=True)
class Found:
    """An amount in a picture; `confidence`: the probability that it is the right answer; `text`: how it is printed."""

    amount: Amount
    confidence: float
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    """A label in a picture. `same_unit`: also in the same unit; `of_answer`: it is the answer, no other candidate."""

    found: Found
    same_unit: bool
    of_answer: bool


def found_in(answer: Answer) -> tuple[Found, ...]:
    """All amounts of the picture for the answer's entity, the answer first, each once."""
    found = {}
    if answer.amount is not None:
        found[answer.amount] = Found(answer.amount, answer.confidence, answer.evidence_text)
    for candidate in answer.candidates:
        found.setdefault(candidate.amount, Found(candidate.amount, candidate.confidence, candidate.text))
    return tuple(found.values())


def match_of(label: tuple[WrittenAmount, ...], answer: Answer) -> Match | None:
    """The amount of the picture that is one of the label's: the likeliest, in the same unit before another one.

    `label` is in units of the entity.
    """
    matches = []
    for one in found_in(answer):
        of_answer = one.amount == answer.amount
        if any(_same(one.amount, amount) for amount in label):
            matches.append(Match(one, same_unit=True, of_answer=of_answer))
        elif any(_same_measure(one.amount, amount) for amount in label):
            matches.append(Match(one, same_unit=False, of_answer=of_answer))
    return max(matches, key=lambda match: (match.of_answer, match.same_unit, match.found.confidence), default=None)


def _same(found: Amount, label: WrittenAmount) -> bool:
    return label.number is not None and found.unit == label.unit and same_number(found.value, label.number)


def _same_measure(found: Amount, label: WrittenAmount) -> bool:
    if label.number is None or kind_of(label.unit) != kind_of(found.unit):
        return False
    one, other = in_base(found.value, found.unit), in_base(label.number, label.unit)
    return found.unit != label.unit and same_number(one, other, SAME_MEASURE)
