import pytest

from extractor.report.explanation import RulesOfRun, effects_of, strokes_of
from extractor.stages.select import select
from ocr.token import OcrResult, OcrToken, Stroke
from rules.ranker import HAND_SET, LEARNED, ranker_of
from rules.weight_table import FEATURE_WEIGHT


def text(words, left, top):
    right, bottom = left + 12 * len(words), top + 20
    return OcrToken(words, ((left, top), (right, top), (right, bottom), (left, bottom)), 0.99)


BELOW, BESIDE = Stroke(100.0, 560.0, 500.0, 560.0), Stroke(60.0, 100.0, 60.0, 500.0)
FAR = Stroke(700.0, 10.0, 790.0, 10.0)
PAGE = OcrResult((text("40 cm", 270.0, 565.0), text("30 cm", 0.0, 290.0), text("5 kg", 600.0, 300.0)), 800, 600,
                 (BELOW, BESIDE, FAR))  # fmt: skip
RANKER = ranker_of(LEARNED)
RULES = RulesOfRun(RANKER)


class Pages:
    first, upscaled = PAGE, None


def answer(entity):
    return next(select(Pages(), [entity], RANKER, upscale=False))


@pytest.mark.parametrize("stated, stroke, direction", [("40.0", BELOW, "horizontal"), ("30.0", BESIDE, "vertical")])
def test_the_strokes_of_a_candidate_are_those_beside_its_text(stated, stroke, direction):
    found = answer("width")
    strokes = strokes_of(found.candidates, found, PAGE, RULES)
    (own,) = [s for c, s in zip(found.candidates, strokes, strict=True) if str(c.amount).startswith(stated)]
    assert [(one.stroke, one.direction) for one in own] == [(stroke, direction)]


def test_two_quantities_of_one_text_have_strokes_of_their_own():
    page = OcrResult(
        (text("40cm/15.7inch 9cm/3.5inch", 100.0, 100.0),), 800, 600, (Stroke(110.0, 130.0, 180.0, 130.0),)
    )

    class OnePage:
        first, upscaled = page, None

    found = next(select(OnePage(), ["width"], RANKER, upscale=False))
    strokes = strokes_of(found.candidates, found, page, RULES)
    by_answer = {str(c.amount): bool(own) for c, own in zip(found.candidates, strokes, strict=True)}
    assert by_answer == {"40.0 centimetre": True, "9.0 centimetre": False}


def test_strokes_say_nothing_about_a_weight():
    found = answer("item_weight")
    assert found.text == "5.0 kilogram"
    assert strokes_of(found.candidates, found, PAGE, RULES) == ((),) * len(found.candidates)


def test_another_page_has_none_of_the_candidates():
    found = answer("width")
    assert strokes_of(found.candidates, found, OcrResult((), 800, 600, PAGE.strokes), RULES) == ((), ())


def test_effects_of_hand_set_weights_are_weight_times_value():
    ranker = ranker_of(HAND_SET)
    found = next(select(Pages(), ["width"], ranker, upscale=False))
    effects = effects_of(found.candidates, "width", RulesOfRun(ranker))
    assert all(effects)
    for one in (effect for of_candidate in effects for effect in of_candidate):
        assert one.effect == pytest.approx(FEATURE_WEIGHT["width"][one.name] * one.value)
    sizes = [abs(one.effect) for one in effects[0]]
    assert sizes == sorted(sizes, reverse=True)


def test_a_ranker_that_is_not_that_of_the_run_has_no_effects():
    found = answer("width")
    assert all(effects_of(found.candidates, "width", RULES))
    assert effects_of(found.candidates, "width", RulesOfRun(ranker_of(HAND_SET))) == ((),) * len(found.candidates)


def test_an_entity_that_the_ranker_does_not_know_has_no_effects():
    found = answer("width")
    assert effects_of(found.candidates, "battery_capacity", RULES) == ((),) * len(found.candidates)
