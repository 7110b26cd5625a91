import pytest

from extractor.stages.answer import CANDIDATES_KEPT, Decision, decision_of_rules
from ocr.token import OcrResult, OcrToken
from rules.ranker import LEARNED, ranker_of
from rules.select import ParsedPage


def page(*texts):
    tokens = []
    for line, text in enumerate(texts):
        top = 40.0 * line
        box = ((10.0, top), (210.0, top), (210.0, top + 30), (10.0, top + 30))
        tokens.append(OcrToken(text, box, 0.99))
    return OcrResult(tuple(tokens), 600, 2000)


def decision_on(ocr_page, entity):
    return decision_of_rules(ParsedPage(ocr_page), entity, ranker_of(LEARNED))


def test_a_stated_value_is_answered_with_its_tokens():
    decision = decision_on(page("Green tea", "Net weight 250 g"), "item_weight")
    assert (decision.prediction, decision.source, decision.reason) == ("250.0 gram", "ocr", "answered")
    assert [token.text for token in decision.tokens] == ["Net weight 250 g"]
    assert decision.candidates[0].answer == "250.0 gram"
    assert 0 < decision.confidence <= 1


@pytest.mark.parametrize(("texts", "reason"), [((), "no_text"), (("Green tea",), "no_candidate")])
def test_without_a_value_the_reason_says_why(texts, reason):
    decision = decision_on(page(*texts), "item_weight")
    assert (decision.prediction, decision.reason, decision.tokens) == ("", reason, ())


def test_of_many_candidates_the_best_are_kept_and_the_chosen_one():
    many = page("Net weight 250 g", *(f"{10 * n + 7} g" for n in range(1, 40)))
    decision = decision_on(many, "item_weight")
    assert len(decision.candidates) == CANDIDATES_KEPT
    assert not decision.prediction or decision.prediction in {one.answer for one in decision.candidates}


@pytest.mark.parametrize("entity", ["item_weight", "width"])
def test_json_comes_back_equal(entity):
    decision = decision_on(page("Net weight 250 g", '30" W x 20" D'), entity)
    assert Decision.from_json(decision.to_json()) == decision
