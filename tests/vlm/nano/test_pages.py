"""The pages that the nano reader learns from: the same for a seed, and labels that agree with what is drawn."""

from __future__ import annotations

import math
from itertools import pairwise
from random import Random

import pytest

from rules.constants import ENTITIES, ENTITY_UNITS
from vlm.nano import layouts
from vlm.nano.numbers import draw_number
from vlm.nano.pages import bare_length, label_page, simple_page
from vlm.nano.scene import Label, Stroke
from vlm.nano.size_cards import size_card
from vlm.nano.tasks import Mixture, draw_example, draw_picture, read_page
from vlm.prompt import UNANSWERABLE

SEEDS = range(60)
MIXTURE = Mixture(direction=0.1, directions=0.2, triple=0.2)


def test_a_seed_gives_the_same_example_and_another_seed_another() -> None:
    for seed in range(12):
        first, second = draw_example(seed, MIXTURE, 40), draw_example(seed, MIXTURE, 40)
        assert (first.prompt, first.answer, first.annotations) == (second.prompt, second.answer, second.annotations)
        assert (first.pixels == second.pixels).all()
    assert len({draw_example(seed, MIXTURE, 40).prompt for seed in range(12)}) > 8


def test_answers_are_ones_that_the_question_allows() -> None:
    for seed in range(200):
        example = draw_example(seed, Mixture(), 8)
        question = example.prompt.rsplit("\n", 1)[-1]
        if example.answer == UNANSWERABLE:
            continue
        number, unit = example.answer.split(" ", 1)
        assert float(number) > 0
        assert unit in question.split(" in ", 1)[1].split(", ")


def test_about_a_quarter_of_the_questions_has_no_answer() -> None:
    answers = [draw_example(seed, Mixture(), 8).answer for seed in range(600)]
    assert 0.15 < answers.count(UNANSWERABLE) / len(answers) < 0.4


def test_many_examples_are_decided_by_the_drawing_alone() -> None:
    drawing = [draw_example(seed, Mixture(), 8).drawing for seed in range(400)]
    assert sum(drawing) / len(drawing) > 0.4


@pytest.mark.parametrize("layout", [layouts.scattered, layouts.solid, layouts.flat, size_card])
def test_the_lines_of_drawn_pages_run_as_their_labels_say(layout: object) -> None:
    shown = set()
    for seed in SEEDS:
        scene = layout(Random(seed), 1.0)  # type: ignore[operator]
        lines = len(scene.labels) // max(1, len(scene.strokes))
        named = [label.dimension for label in scene.labels[:: max(1, lines)]]
        assert len(named) == len(scene.strokes)
        for dimension, stroke in zip(named, scene.strokes, strict=True):
            dx, dy = abs(stroke.end[0] - stroke.start[0]), abs(stroke.end[1] - stroke.start[1])
            degrees = math.degrees(math.atan2(dy, dx))
            if dimension == "width":
                assert degrees < 30
            elif dimension == "height":
                assert degrees == pytest.approx(90)
            elif dimension == "depth":
                assert 17 < degrees < 66
            shown.add(dimension)
        assert {dimension for dimension in named if dimension != "part"} == set(scene.answers)
    assert {"width", "height"} <= shown


def test_nearly_every_arrow_of_a_card_is_nearest_to_its_own_number() -> None:
    own = []
    for seed in range(200):
        scene = size_card(Random(seed), 1.0)
        for stroke in scene.strokes:
            (middle,) = stroke.points(math.inf)
            nearest = min(scene.labels, key=lambda label: _gap(label, middle))
            own.append(nearest.dimension == stroke.dimension)
    assert sum(own) > 0.96 * len(own)


def _gap(label: Label, point: tuple[float, float]) -> float:
    """Pixels from the upright box of an unturned label to a point."""
    dx = max(0.0, abs(point[0] - label.centre[0]) - label.length / 2)
    dy = max(0.0, abs(point[1] - label.centre[1]) - label.letter / 2)
    return math.hypot(dx, dy)


def test_places_of_a_card_do_not_tell_what_its_numbers_measure() -> None:
    """Of cards with three numbers the topmost, and the leftmost, is of each dimension about as often."""
    cards = [scene for seed in range(900) if len((scene := size_card(Random(seed), 1.0)).answers) == 3]
    for axis in (0, 1):
        first = [min(scene.labels, key=lambda label: label.centre[axis]).dimension for scene in cards]
        assert all(0.25 < first.count(dimension) / len(cards) < 0.42 for dimension in layouts.DIMENSIONS)


def test_points_of_a_stroke_lie_on_it_about_as_far_apart_as_asked() -> None:
    stroke = Stroke((0.0, 0.0), (80.0, 60.0), (0, 0, 0), 1.0, "arrow", "depth")
    points = stroke.points(20.0)
    assert len(points) == 5
    assert all(math.dist(one, other) == pytest.approx(20.0) for one, other in pairwise(points))
    assert stroke.points(500.0) == ((40.0, 30.0),)


def test_marks_stand_on_texts_and_along_lines() -> None:
    mixture = Mixture(drawn=1.0, cards=1.0, blind=0.0)
    annotations = draw_example(5, mixture, 8).annotations
    assert annotations
    assert {annotation.dimension for annotation in annotations} <= {*layouts.DIMENSIONS, ""}
    drawn = [draw_picture(Random(seed), mixture, 8)[1] for seed in range(30)]
    assert all(sum(annotation.dimension != "" for annotation in found) >= 2 for found in drawn)


def test_what_a_label_page_states_is_printed_on_it() -> None:
    for seed in SEEDS:
        scene = label_page(Random(seed))
        printed = " ".join(label.text for label in scene.labels)
        assert set(scene.answers) <= set(ENTITIES)
        for entity, answer in scene.answers.items():
            assert answer.unit in ENTITY_UNITS[entity]
            assert str(int(answer.value)) in printed.replace(",", "") or answer.value < 1


def test_simple_pages_name_each_entity_they_state() -> None:
    for seed in SEEDS:
        scene = simple_page(Random(seed))
        assert len(scene.labels) == len(scene.answers)
        for label, (entity, answer) in zip(scene.labels, scene.answers.items(), strict=True):
            assert answer.unit in ENTITY_UNITS[entity]
            assert str(int(answer.value)) in label.text.replace(",", "") or answer.value < 1


def test_a_bare_length_answers_nothing() -> None:
    assert len({bare_length(Random(seed)) for seed in SEEDS}) > 40
    mixture = Mixture(drawn=1.0, blind=0.0)
    asked = [draw_example(seed, mixture, 8) for seed in range(300)]
    assert {"fits", "screen", "laptops"} & {word for e in asked for word in e.prompt.lower().replace("\n", " ").split()}


def test_whole_answers_name_every_stated_entity_and_no_other() -> None:
    for seed in range(80):
        example = draw_example(seed, Mixture(whole=1.0), 8)
        assert example.prompt.endswith("answer en all")
        if example.answer == UNANSWERABLE:
            continue
        named = example.answer.split(", ")
        assert len(named) == len(set(named))
        for part in named:
            entity = next(entity for entity in ENTITIES if part.startswith(entity.replace("_", " ") + " "))
            number, unit = part.removeprefix(entity.replace("_", " ") + " ").split(" ", 1)
            assert float(number) > 0
            assert unit in ENTITY_UNITS[entity]


def test_numbers_come_in_every_shape() -> None:
    rng = Random(1)
    numbers = [draw_number(rng, digits=(1, 1, 1, 1, 1)) for _ in range(2000)]
    texts = [number.text for number in numbers]
    assert {len(text) for text in texts if text.isdigit()} == {1, 2, 3, 4, 5}
    assert {len(text.partition(".")[2]) for text in texts if "." in text} >= {1, 2, 3}
    assert any("/" in text for text in texts)
    assert all(number.value > 0 for number in numbers)


def test_noise_leaves_the_number_of_each_label_readable() -> None:
    for seed in SEEDS:
        scene = layouts.flat(Random(seed), 1.0)
        page = read_page(scene, Random(seed))
        assert len(page.tokens) >= len(scene.labels) - 1
        assert all(token.text and 0 < token.score <= 1 for token in page.tokens)
