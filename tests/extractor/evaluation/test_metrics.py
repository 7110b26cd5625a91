from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.evaluation.metrics import TEST_MIX, Variant, official_mix_weights, outcome
from extractor.tables.labels import Label, parse_gold_label, parse_label
from rules.constants import ENTITIES
from rules.counts import Counts
from rules.outcome import Outcome, count

ACCEPTED, PRIMARY, NEAR, EXACT = (
    Variant.ACCEPTED,
    Variant.PRIMARY,
    Variant.WITHIN_2_PERCENT,
    Variant.EXACT_STRING,
)

STATED = parse_gold_label("24.0 inch", "61 centimetre|22 inch")
EMPTY = parse_gold_label("EMPTY", "")
EMPTY_OR_5 = parse_gold_label("EMPTY", "5 inch")
DOUBTFUL = parse_gold_label("24.0 inch", "EMPTY")
RANGE = parse_label("[100.0, 240.0] volt")


@pytest.mark.parametrize(
    ("prediction", "label", "accepted", "primary", "near", "exact"),
    [
        ("24.0 inch", STATED, "TP", "TP", "TP", "TP"),
        ("24 inch", STATED, "TP", "TP", "TP", "FP"),
        ("24.02 inch", STATED, "TP", "TP", "TP", "FP"),
        ("24.03 inch", STATED, "FP", "FP", "TP", "FP"),
        ("24.4 inch", STATED, "FP", "FP", "TP", "FP"),
        ("24.6 inch", STATED, "FP", "FP", "FP", "FP"),
        ("61.0 centimetre", STATED, "TP", "FP", "FP", "FP"),
        ("24.0 centimetre", STATED, "FP", "FP", "FP", "FP"),
        ("24.0", STATED, "FP", "FP", "FP", "FP"),
        ("nonsense", STATED, "FP", "FP", "FP", "FP"),
        ("", STATED, "FN", "FN", "FN", "FN"),
        ("", EMPTY, "TN", "TN", "TN", "TN"),
        ("5 inch", EMPTY, "FP", "FP", "FP", "FP"),
        ("5 inch", EMPTY_OR_5, "TP", "FP", "FP", "FP"),
        ("", EMPTY_OR_5, "TN", "TN", "TN", "TN"),
        ("", DOUBTFUL, "TN", "FN", "FN", "FN"),
        ("24.0 inch", DOUBTFUL, "TP", "TP", "TP", "TP"),
        ("5 inch", DOUBTFUL, "FP", "FP", "FP", "FP"),
        ("240.0 volt", RANGE, "TP", "TP", "TP", "FP"),
        ("100.0 volt", RANGE, "TP", "FP", "FP", "FP"),
        ("170.0 volt", RANGE, "FP", "FP", "FP", "FP"),
        ("[100.0, 240.0] volt", RANGE, "FP", "FP", "FP", "TP"),
    ],
)
def test_outcome(prediction: str, label: Label, accepted: str, primary: str, near: str, exact: str) -> None:
    found = [outcome(prediction, label, variant).value for variant in (ACCEPTED, PRIMARY, NEAR, EXACT)]
    assert found == [accepted, primary, near, exact]


def test_counts_follow_the_definition() -> None:
    counts = count([Outcome.TP] * 6 + [Outcome.FP] * 2 + [Outcome.FN] * 4 + [Outcome.TN] * 5)
    assert counts == Counts(6, 2, 4, 5)
    assert counts.precision == 0.75
    assert counts.recall == 0.6
    assert counts.f1 == pytest.approx(2 * 0.75 * 0.6 / (0.75 + 0.6))


@pytest.mark.parametrize("counts", [Counts(0, 0, 0, 9), Counts(0, 3, 0, 0), Counts(0, 0, 3, 0), Counts(0, 0, 0, 0)])
def test_without_right_answers_the_scores_are_zero(counts: Counts) -> None:
    assert (counts.precision, counts.recall, counts.f1) == (0.0, 0.0, 0.0)


def test_weights_add_up() -> None:
    assert count([Outcome.TP, Outcome.FP, Outcome.TP], [0.5, 2.0, 0.25]) == Counts(0.75, 2.0, 0, 0)


def test_the_official_mix_has_every_entity_and_the_size_of_the_official_test_set() -> None:
    assert set(TEST_MIX) == set(ENTITIES)
    assert sum(TEST_MIX.values()) == 131_187


def test_mix_weights_give_each_entity_its_official_share() -> None:
    entities = ["height"] * 3 + ["voltage"] * 5
    weights = official_mix_weights(entities)
    assert sum(weights) == pytest.approx(8)
    assert sum(weights[:3]) / sum(weights[3:]) == pytest.approx(TEST_MIX["height"] / TEST_MIX["voltage"])


def test_rows_in_the_official_mix_keep_their_weight() -> None:
    entities = [entity for entity, rows in TEST_MIX.items() for _ in range(rows)]
    assert official_mix_weights(entities) == pytest.approx([1.0] * len(entities))


class ByTheBook:
    """The challenge's score by its definition and nothing else.

    Answers are `number unit` pairs of exact decimals, None for empty; a prediction equals an answer when the
    units are the same and the numbers differ by no more than the tolerance times the answer.
    """

    def __init__(self, tolerance: str) -> None:
        self.tolerance = Decimal(tolerance)
        self.right = self.wrong = self.missed = 0

    def see(self, prediction: str, answers: list[str]) -> None:
        if prediction == "":
            self.missed += "" not in answers
        elif any(self._equal(prediction, answer) for answer in answers if answer):
            self.right += 1
        else:
            self.wrong += 1

    def f1(self) -> float:
        if not self.right:
            return 0.0
        precision = self.right / (self.right + self.wrong)
        recall = self.right / (self.right + self.missed)
        return 2 * precision * recall / (precision + recall)

    def _equal(self, prediction: str, answer: str) -> bool:
        (number, unit), (right, right_unit) = prediction.split(" "), answer.split(" ")
        return unit == right_unit and abs(Decimal(number) - Decimal(right)) <= self.tolerance * Decimal(right)


# Numbers apart by exactly a tolerance are left out: binary fractions cannot tell on which side they are.
VALUES = st.sampled_from(
    ["", "10 inch", "10.0 inch", "10.005 inch", "10.15 inch", "10.25 inch", "10 volt", "7 inch", "0.5 inch"]
)
QUESTIONS = st.lists(st.tuples(VALUES, VALUES, st.lists(VALUES, max_size=3)), max_size=30)


@given(QUESTIONS)
def test_the_scores_are_those_of_the_definition(questions: list[tuple[str, str, list[str]]]) -> None:
    accepted, primary, near = ByTheBook("0.001"), ByTheBook("0.001"), ByTheBook("0.02")
    labels = []
    for prediction, best, others in questions:
        accepted.see(prediction, [best, *others])
        primary.see(prediction, [best])
        near.see(prediction, [best])
        labels.append(parse_gold_label(best or "EMPTY", "|".join(other or "EMPTY" for other in others)))
    for variant, book in ((ACCEPTED, accepted), (PRIMARY, primary), (NEAR, near)):
        counts = count(outcome(q[0], label, variant) for q, label in zip(questions, labels, strict=True))
        assert (counts.tp, counts.fp, counts.fn) == (book.right, book.wrong, book.missed)
        assert counts.f1 == pytest.approx(book.f1())


OUTCOMES = st.lists(st.sampled_from(Outcome), max_size=50)


@given(OUTCOMES)
def test_f1_lies_between_precision_and_recall(outcomes: list[Outcome]) -> None:
    counts = count(outcomes)
    low, high = sorted((counts.precision, counts.recall))
    assert low - 1e-12 <= counts.f1 <= high + 1e-12
    assert counts.total == len(outcomes)


@given(OUTCOMES, st.permutations(range(50)))
def test_f1_knows_no_order_and_no_true_negatives(outcomes: list[Outcome], order: list[int]) -> None:
    shuffled = [outcomes[i] for i in order if i < len(outcomes)]
    assert count([*shuffled, Outcome.TN]).f1 == count(outcomes).f1


@given(OUTCOMES)
def test_a_right_answer_helps_and_a_wrong_one_hurts(outcomes: list[Outcome]) -> None:
    before = count(outcomes).f1
    assert count([*outcomes, Outcome.TP]).f1 >= before
    assert count([*outcomes, Outcome.FP]).f1 <= before
    assert count([*outcomes, Outcome.FN]).f1 <= before


@given(st.text(), st.text(), st.text())
def test_the_lenient_variants_accept_what_the_stricter_ones_do(prediction: str, primary: str, others: str) -> None:
    label = parse_gold_label(primary, others)
    if outcome(prediction, label, PRIMARY) is Outcome.TP:
        assert outcome(prediction, label, ACCEPTED) is Outcome.TP
        assert outcome(prediction, label, NEAR) is Outcome.TP
