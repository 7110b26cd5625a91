"""The wrong rows, by kinds of mistakes that call for different repairs."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from extractor.evaluation.inputs import LabelledRows
from extractor.evaluation.metrics import LENIENT_TOLERANCE, Variant, outcome, same_answer
from extractor.stages.described import Described
from extractor.tables.labels import Label, WrittenAmount, parse_amount, written
from rules.outcome import NUMERIC_TOLERANCE, Outcome, same_number
from rules.units import in_base, kind_of


class Kind(Described):
    """Kinds of mistakes; a mistake is of the first kind that fits."""

    MISSED = "missed", "left empty though stated"
    ANSWERED_THOUGH_EMPTY = "answered_though_empty", "answered though not stated"
    NOT_A_MEASURE = "not_a_measure", "not a number and a unit"
    OTHER_ENTITY = "value_of_another_entity", "value of another entity"
    """The value that the same picture states for another entity."""
    CLOSE = "within_2_percent", "within 2 % of the right number"
    """With the right unit."""
    SAME_AMOUNT = "same_amount_in_other_unit", "right amount, unit not accepted"
    """Within 2 % of the right amount."""
    WRONG_UNIT = "wrong_unit", "right number, wrong unit"
    FACTOR_OF_TEN = "factor_of_ten", "decimal point misplaced"
    ANOTHER_VALUE = "another_value", "another wrong value"


@dataclass(frozen=True, slots=True)
class Mistake:
    """A row that is wrong by the accepted answers.

    `label` is the label as written, `accepted` are the other answers that count as right; "" is the
    empty one.
    `right_among_candidates` says whether an accepted value was among those the rules had to choose from;
    None when that is not known or the picture states no value.
    """

    index: str
    entity: str
    image_link: str
    kind: Kind
    label: str
    accepted: tuple[str, ...]
    prediction: str
    right_among_candidates: bool | None


def mistakes_of(
    labelled: LabelledRows, predictions: Mapping[str, str], candidates: Mapping[str, Sequence[str]] | None = None
) -> tuple[Mistake, ...]:
    """All rows that are wrong, in their order; predictions and, where known, `candidates` are by the row's index."""
    labels_of_picture: defaultdict[str, list[Label]] = defaultdict(list)
    for row, label in zip(labelled.rows, labelled.labels, strict=True):
        labels_of_picture[row.image_link].append(label)
    mistakes = []
    for row, label, prediction in zip(labelled.rows, labelled.labels, labelled.answers(predictions), strict=True):
        if outcome(prediction, label, Variant.ACCEPTED) in (Outcome.FP, Outcome.FN):
            mistake = Mistake(
                index=row.index,
                entity=row.entity,
                image_link=row.image_link,
                kind=_kind(parse_amount(prediction), label, labels_of_picture[row.image_link], labelled.entities.units),
                label=label.text,
                accepted=tuple(map(written, label.others)),
                prediction=prediction,
                right_among_candidates=_right_among(candidates.get(row.index) if candidates else None, label),
            )
            mistakes.append(mistake)
    return tuple(mistakes)


def _kind(guess: WrittenAmount | None, label: Label, labels_of_picture: Iterable[Label], units: frozenset[str]) -> Kind:
    if guess is None:
        return Kind.MISSED
    if label.primary is None:
        return Kind.ANSWERED_THOUGH_EMPTY
    if guess.number is None:
        return Kind.NOT_A_MEASURE
    # The row's own label is among them and cannot match: the row would be right.
    if any(same_answer(guess, amount) for other in labels_of_picture for amount in other.amounts):
        return Kind.OTHER_ENTITY
    return min((_difference(guess.number, guess.unit, amount, units) for amount in label.amounts), key=list(Kind).index)


def _difference(number: float, unit: str, right: WrittenAmount, units: frozenset[str]) -> Kind:
    """How the number in this unit differs from the right amount; `units` are all that answers can have."""
    if right.number is None:
        return Kind.ANOTHER_VALUE
    if same_answer(WrittenAmount(number, unit), right, LENIENT_TOLERANCE):
        return Kind.CLOSE
    comparable = {unit, right.unit} <= units and kind_of(unit) == kind_of(right.unit)
    if comparable and same_number(in_base(number, unit), in_base(right.number, right.unit), LENIENT_TOLERANCE):
        return Kind.SAME_AMOUNT
    if same_number(number, right.number):
        return Kind.WRONG_UNIT
    if unit == right.unit and number * right.number > 0:
        power = math.log10(abs(number)) - math.log10(abs(right.number))
        if abs(power - round(power)) <= math.log10(1 + NUMERIC_TOLERANCE):
            return Kind.FACTOR_OF_TEN
    return Kind.ANOTHER_VALUE


def _right_among(candidates: Sequence[str] | None, label: Label) -> bool | None:
    if candidates is None or not label.amounts:
        return None
    guesses = [guess for guess in map(parse_amount, candidates) if guess is not None]
    return any(same_answer(guess, amount) for guess in guesses for amount in label.amounts)
