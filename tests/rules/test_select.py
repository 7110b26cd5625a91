from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import pytest
from drawn_page import UPWARDS, after, groups, page, under, word
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr.token import OcrResult, OcrToken, Stroke
from rules.amount import Amount
from rules.assign import MAX_ASSIGNED
from rules.constants import DIMENSIONS, ENTITIES
from rules.features import Features
from rules.ranker import HandSetRanker, Ranker, ranker_of
from rules.sanity import prediction_fault
from rules.select import Candidate, Reason, Selection, assign, select
from rules.weight_table import BIAS, FEATURE_WEIGHT

BELOW = word("40 cm", 500, 930)
AT_THE_SIDE = word("30 cm", 940, 500, angle=UPWARDS)
OBLIQUE = word("20 cm", 820, 860, angle=-35)
WEIGHTS = ("item_weight", "maximum_weight_recommendation")


HAND_SET = HandSetRanker()
LEARNED_RANKER = ranker_of("learned")


def answers(*tokens: OcrToken, entities: tuple[str, ...] = ("width", "depth", "height")) -> tuple[str | None, ...]:
    """The answers of the hand-set weights in the order of `entities`."""
    selections = [select(page(*tokens), entity, HAND_SET) for entity in entities]
    return tuple(None if v.answer is None else str(v.answer) for v in selections)


DRAWN = {
    "a box": ((BELOW, AT_THE_SIDE, OBLIQUE), ("40.0 centimetre", "20.0 centimetre", "30.0 centimetre")),
    "a front": ((BELOW, AT_THE_SIDE), ("40.0 centimetre", None, "30.0 centimetre")),
    "one length below": ((BELOW,), ("40.0 centimetre", None, None)),
    "one length at the side": ((AT_THE_SIDE,), (None, None, "30.0 centimetre")),
    "a square": (
        (BELOW, word("40 cm", 940, 500, angle=UPWARDS)),
        ("40.0 centimetre", None, "40.0 centimetre"),
    ),
    "two units": ((word("40 cm / 15.7 in", 500, 930),), ("40.0 centimetre", None, None)),
    "two units, stacked": ((word("16 in", 500, 920), word("40.6 cm", 500, 945)), ("16.0 inch", None, None)),
    "a converted unit": ((word("4 dm", 500, 930),), ("40.0 centimetre", None, None)),
}

NAMED = {
    "exchanged": (
        (word("Height 40 cm", 500, 930), word("Width 30 cm", 940, 500, angle=UPWARDS)),
        ("30.0 centimetre", None, "40.0 centimetre"),
    ),
    "a depth below": ((word("Depth 40 cm", 500, 930), AT_THE_SIDE), (None, "40.0 centimetre", "30.0 centimetre")),
    "a width named in the next line": (
        (under(BELOW, "WIDTH", 0.3), BELOW, AT_THE_SIDE),
        ("40.0 centimetre", None, "30.0 centimetre"),
    ),
    "letters behind": ((word('30"W x 20"D x 40"H', 500, 500),), ("30.0 inch", "20.0 inch", "40.0 inch")),
    "a cup": (
        (word("Ø 8 cm", 500, 930), word("Height 10 cm", 940, 500, angle=UPWARDS)),
        ("8.0 centimetre", "8.0 centimetre", "10.0 centimetre"),
    ),
}

PRODUCTS = {
    "W x D x H: 10 x 20 x 30 cm": ("10.0 centimetre", "20.0 centimetre", "30.0 centimetre"),
    "H x W x D: 10 x 20 x 30 cm": ("20.0 centimetre", "30.0 centimetre", "10.0 centimetre"),
    "10 x 20 x 30 cm (W x H x D)": ("10.0 centimetre", "30.0 centimetre", "20.0 centimetre"),
    "L x W x H: 10 x 20 x 30 cm": ("20.0 centimetre", "10.0 centimetre", "30.0 centimetre"),
    "10 x 20 x 30 cm": ("10.0 centimetre", "20.0 centimetre", "30.0 centimetre"),
    "10 x 20 cm": ("10.0 centimetre", None, "20.0 centimetre"),
}


@pytest.mark.parametrize(("tokens", "stated"), DRAWN.values(), ids=DRAWN.keys())
def test_the_layout_tells_the_dimensions(tokens: tuple[OcrToken, ...], stated: tuple[str | None, ...]) -> None:
    assert answers(*tokens) == stated


@pytest.mark.parametrize(("tokens", "stated"), NAMED.values(), ids=NAMED.keys())
def test_printed_names_beat_the_layout(tokens: tuple[OcrToken, ...], stated: tuple[str | None, ...]) -> None:
    assert answers(*tokens) == stated


@pytest.mark.parametrize(("text", "stated"), PRODUCTS.items())
def test_products_name_their_order(text: str, stated: tuple[str | None, ...]) -> None:
    assert answers(word(text, 500, 500)) == stated


def test_a_single_length_answers_one_dimension_at_most_wherever_it_stands() -> None:
    for x in range(100, 1000, 200):
        for y in range(100, 1000, 200):
            for angle in (0, UPWARDS, -35):
                stated = answers(word("40 cm", x, y, angle=angle))
                assert sum(answer is not None for answer in stated) <= 1, (x, y, angle)


ELSEWHERE = {
    "net and gross": (
        (word("Net weight 500 g", 500, 500), word("Gross weight 620 g", 500, 540)),
        ("item_weight",),
        ("500.0 gram",),
    ),
    "gross and net": (
        (word("Gross weight 620 g", 500, 500), word("Net weight 500 g", 500, 540)),
        ("item_weight",),
        ("500.0 gram",),
    ),
    "weight and load": (
        (word("Weight 2.5 kg", 500, 500), word("Max load 120 kg", 500, 700)),
        WEIGHTS,
        ("2.5 kilogram", "120.0 kilogram"),
    ),
    "load in a heading": (
        (word("WEIGHT CAPACITY", 300, 300), word("330", 300, 332), word("LBS", 300, 360), word("12 lb", 700, 700)),
        ("maximum_weight_recommendation",),
        ("330.0 pound",),
    ),
    "nutrients": ((word("Protein 20 g", 500, 500), word("Fat 3 g", 500, 540)), WEIGHTS, (None, None)),
    "input and output": (
        (word("Output: 12V", 500, 500), word("Input: 100-240V", 500, 600)),
        ("voltage",),
        ("240.0 volt",),
    ),
    "power and equivalent": (
        (word("60W equivalent", 500, 500), word("9W", 500, 700)),
        ("wattage",),
        ("9.0 watt",),
    ),
    "large letters": (
        (word("5 kg", 500, 500, height=80), word("2 kg", 500, 900, height=10)),
        ("item_weight",),
        ("5.0 kilogram",),
    ),
    "a bottle": ((word("500 ml / 16.9 fl oz", 500, 500),), ("item_volume",), ("500.0 millilitre",)),
    "fluid ounces by context": ((word("Capacity 16 oz", 500, 500),), ("item_volume",), ("16.0 fluid ounce",)),
    "a number beside its unit": (
        (word("Weight", 300, 500), after(word("Weight", 300, 500), "2.5", 2.0), word("kg", 420, 500)),
        ("item_weight",),
        ("2.5 kilogram",),
    ),
}


@pytest.mark.parametrize(("tokens", "entities", "stated"), ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_words_beside_a_quantity_decide(
    tokens: tuple[OcrToken, ...], entities: tuple[str, ...], stated: tuple[str | None, ...]
) -> None:
    assert answers(*tokens, entities=entities) == stated


WITHOUT_ANSWER = [
    ((), "width", Reason.NO_TEXT, 0),
    ((word("Made of oak", 500, 500),), "width", Reason.NO_CANDIDATE, 0),
    ((word("5 kg", 500, 500),), "width", Reason.NO_CANDIDATE, 0),
    ((word("5 mg", 500, 500),), "wattage", Reason.NO_CANDIDATE, 0),
    ((word("900000 km", 500, 500),), "width", Reason.NO_CANDIDATE, 0),
    ((BELOW,), "depth", Reason.NOT_STATED, 1),
    ((word("Protein 20 g", 500, 500),), "item_weight", Reason.NOT_STATED, 1),
]


@pytest.mark.parametrize(("tokens", "entity", "reason", "candidates"), WITHOUT_ANSWER)
def test_why_there_is_no_answer(tokens: tuple[OcrToken, ...], entity: str, reason: Reason, candidates: int) -> None:
    selection = select(page(*tokens), entity, HAND_SET)
    assert (selection.entity, selection.answer, selection.chosen, selection.reason) == (entity, None, None, reason)
    assert len(selection.candidates) == candidates
    assert selection.confidence > 0.5 if candidates else selection.confidence == 0


def test_a_selection_shows_its_evidence() -> None:
    name, number = word("Width", 400, 930), word("40 cm", 480, 930)
    selection = select(page(name, number, AT_THE_SIDE), "width", HAND_SET)
    assert selection.reason is Reason.ANSWERED
    assert selection.chosen is selection.candidates[0]
    assert selection.chosen.answer == selection.answer == Amount(40.0, "centimetre")
    assert (selection.chosen.quantity.printed, selection.chosen.quantity.dimension) == ("40 cm", "width")
    assert number in selection.chosen.quantity.tokens
    assert [c.score for c in selection.candidates] == sorted((c.score for c in selection.candidates), reverse=True)
    assert selection.confidence == pytest.approx(1 / (1 + math.exp(-selection.chosen.score)))


@pytest.mark.parametrize("entity", ENTITIES)
def test_a_score_is_the_bias_and_the_weighted_features(entity: str) -> None:
    name, weight = next(iter(FEATURE_WEIGHT[entity].items()))
    assert HAND_SET.scores([()], entity) == [BIAS[entity]]
    (score,) = HAND_SET.scores([((name, 0.5), ("unheard_of", 1.0))], entity)
    assert score == pytest.approx(BIAS[entity] + 0.5 * weight)


CLEAR = {
    "a dimension line below": (
        "width",
        OcrResult((BELOW, AT_THE_SIDE), 1000, 1000, (Stroke(150, 960, 850, 960), Stroke(970, 100, 970, 900))),
        "40.0 centimetre",
    ),
    "a dimension line at the side": (
        "height",
        OcrResult((BELOW, AT_THE_SIDE), 1000, 1000, (Stroke(150, 960, 850, 960), Stroke(970, 100, 970, 900))),
        "30.0 centimetre",
    ),
    "a named width": ("width", page(word("Width 40 cm", 500, 500), word("Height 30 cm", 500, 600)), "40.0 centimetre"),
    "a named height": (
        "height", page(word("Width 40 cm", 500, 500), word("Height 30 cm", 500, 600)), "30.0 centimetre"
    ),
    "a net weight": ("item_weight", page(word("Net weight 500 g", 500, 500, height=40)), "500.0 gram"),
    "a volume": ("item_volume", page(word("500 ml", 500, 500, height=40)), "500.0 millilitre"),
    "a voltage": ("voltage", page(word("Voltage: 220V", 500, 500, height=40)), "220.0 volt"),
    "a power": ("wattage", page(word("Power: 60W", 500, 500, height=40)), "60.0 watt"),
    "a load": (
        "maximum_weight_recommendation", page(word("Max load 120 kg", 500, 500, height=40)), "120.0 kilogram"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("entity", "seen", "stated"), CLEAR.values(), ids=CLEAR.keys())
def test_the_learned_ranker_answers_what_is_clearly_drawn_or_printed(entity: str, seen: OcrResult, stated: str) -> None:
    selection = select(seen, entity)
    assert str(selection.answer) == stated
    assert selection.confidence > 0.5


def test_the_learned_ranker_is_the_default() -> None:
    for entity, seen, _ in CLEAR.values():
        assert select(seen, entity) == select(seen, entity, LEARNED_RANKER)


@pytest.mark.parametrize("name", ["width", "height"])
def test_a_line_beside_a_length_suggests_the_dimension_along_it(name: str) -> None:
    """The same text in the middle, once with a horizontal and once with a vertical line beside it."""
    text = word("40 cm", 500, 500)
    lines = {"width": Stroke(100, 530, 900, 530), "height": Stroke(560, 100, 560, 900)}
    scores = {
        drawn: select(OcrResult((text,), 1000, 1000, (line,)), name).candidates[0].score
        for drawn, line in lines.items()
    }
    assert max(scores, key=lambda drawn: scores[drawn]) == name


class Constant:
    """A ranker that scores every candidate with `value` and is gives each a probability of 0.25."""

    def __init__(self, value: float, *, exclusive: bool = True) -> None:
        self.value, self.exclusive = value, exclusive

    def scores(self, candidates: Sequence[Features], entity: str) -> list[float]:
        return [self.value] * len(candidates)

    def probability(self, score: float, entity: str) -> float:
        return 0.25


@pytest.mark.parametrize(("exclusive", "answered"), [(True, 1), (False, 3)])
def test_an_exclusive_ranker_gives_a_group_to_one_dimension_only(exclusive: bool, answered: int) -> None:
    ranker = Constant(1.0, exclusive=exclusive)
    chosen = [select(page(BELOW), entity, ranker).chosen for entity in sorted(DIMENSIONS)]
    assert sum(c is not None for c in chosen) == answered


@pytest.mark.parametrize(("score", "confidence"), [(0.1, 0.25), (0.0, 0.75), (-0.1, 0.75)])
def test_the_confidence_is_the_probability_of_the_selection(score: float, confidence: float) -> None:
    selection = select(page(word("5 kg", 500, 500)), "item_weight", Constant(score))
    assert (selection.answer is not None) == (score > 0)
    assert selection.confidence == confidence


def candidate(text: str, score: float, x: float = 500) -> Candidate:
    """A candidate with this score; equal texts at equal places are the same group."""
    token = TOKENS.setdefault((text, x), word(text, x, 500))
    (group,) = groups(token)
    return Candidate(Amount(1.0, "centimetre"), score, (), group)


TOKENS: dict[tuple[str, float], OcrToken] = {}


def scores(chosen: dict[str, Candidate | None]) -> dict[str, float | None]:
    return {entity: None if c is None else c.score for entity, c in chosen.items()}


def test_the_sum_of_scores_decides_between_two_dimensions() -> None:
    chosen = assign(
        {
            "width": [candidate("1 cm", 3.0), candidate("2 cm", 2.5)],
            "height": [candidate("1 cm", 2.0)],
            "depth": [candidate("2 cm", 0.2)],
        }
    )
    assert scores(chosen) == {"width": 2.5, "height": 2.0, "depth": None}


def test_equal_texts_in_two_places_are_two_groups() -> None:
    chosen = assign({"width": [candidate("1 cm", 3.0, 100)], "height": [candidate("1 cm", 2.0, 900)]})
    assert scores(chosen) == {"width": 3.0, "height": 2.0}


def test_a_diameter_may_answer_two() -> None:
    chosen = assign({"width": [candidate("Ø 1 cm", 3.0)], "depth": [candidate("Ø 1 cm", 2.0)]})
    assert scores(chosen) == {"width": 3.0, "depth": 2.0}


def test_a_score_of_0_is_not_answered() -> None:
    assert scores(assign({"width": [candidate("1 cm", 0.0)], "depth": [candidate("2 cm", -1.0)], "height": []})) == {
        "width": None,
        "depth": None,
        "height": None,
    }


def test_only_the_best_candidates_of_a_dimension_take_part_in_the_joint_choice() -> None:
    taken, free = candidate("1 cm", 3.0), candidate("2 cm", 2.9)
    height = [candidate("1 cm", 5.0)]
    assert scores(assign({"width": [*[taken] * (MAX_ASSIGNED - 1), free], "height": height}))["width"] == 2.9
    assert scores(assign({"width": [*[taken] * MAX_ASSIGNED, free], "height": height}))["width"] is None


TEXTS = (
    "30 cm", '12" W', "H", "Width", "WT (LBS)", "0.32", "10 x 20 x 30 mm", "Ø 8 cm", "cm", "2 lb 3 oz", "Unit: in",
    "100-240V~ 50W", "500 ml", "16 oz", "Max load", "Net wt 5 kg", "", " ", "1e9 km", "净重 5 克",
)  # fmt: skip
texts = st.sampled_from(TEXTS) | st.text(max_size=12)
words = st.builds(
    word,
    texts,
    st.integers(-50, 1050),
    st.integers(-50, 1050),
    height=st.sampled_from([0.0, 8.0, 20.0, 60.0]),
    angle=st.sampled_from([0.0, 7.0, -35.0, UPWARDS, 180.0]),
)


@settings(max_examples=40)
@given(st.lists(words, max_size=8), st.sampled_from([HAND_SET, LEARNED_RANKER]))
def test_answers_from_any_page_are_fit_for_a_submission(tokens: list[OcrToken], ranker: Ranker) -> None:
    seen = page(*tokens)
    selections: dict[str, Selection] = {entity: select(seen, entity, ranker) for entity in ENTITIES}
    for entity, selection in selections.items():
        assert (selection.answer is None) == (selection.reason is not Reason.ANSWERED)
        assert 0 <= selection.confidence <= 1
        assert selection.answer is None or prediction_fault(str(selection.answer), entity) is None
    for one, other in itertools.combinations(sorted(DIMENSIONS), 2):
        taken = [c for c in (selections[one].chosen, selections[other].chosen) if c and c.group.dimension != "diameter"]
        groups_taken = {(id(c.quantity.tokens[0]), c.quantity.text, c.quantity.start) for c in taken}
        assert len(groups_taken) == len(taken) or not ranker.exclusive


def rows_of(*lines: tuple[str, str]) -> OcrResult:
    """A table: a name at the left and its value beside it, one row below the other."""
    rows = (
        (word(name, 200, 100 + 60 * row), word(value, 330, 100 + 60 * row)) for row, (name, value) in enumerate(lines)
    )
    return page(*itertools.chain.from_iterable(rows))


@pytest.mark.parametrize("ranker", [HAND_SET, LEARNED_RANKER], ids=["hand-set", "learned"])
@pytest.mark.parametrize(
    ("lines", "answer"),
    [
        ((("Net weight", "0.95 kg"), ("Gross weight", "1.7 kg")), "0.95 kilogram"),
        ((("Gross weight", "1.7 kg"), ("Net weight", "0.95 kg")), "0.95 kilogram"),
        ((("N.W.", "5.4 kg"), ("G.W.", "9.3 kg")), "5.4 kilogram"),
        ((("Gross weight", "1.7 kg"), ("Width", "30 cm")), "1.7 kilogram"),
    ],
)
def test_what_is_called_gross_is_no_weight_where_something_else_is_called_net(
    ranker: Ranker, lines: tuple[tuple[str, str], ...], answer: str
) -> None:
    selection = select(rows_of(*lines), "item_weight", ranker)
    assert str(selection.answer) == answer
    assert [str(candidate.answer) for candidate in selection.candidates] == [answer]
