import pytest

from extractor.stages.answer import Answer
from extractor.stages.select import CANDIDATES_KEPT, select
from ocr.token import OcrResult, OcrToken
from rules.ranker import LEARNED, ranker_of


def page(*texts):
    tokens = []
    for line, text in enumerate(texts):
        top = 40.0 * line
        box = ((10.0, top), (210.0, top), (210.0, top + 30), (10.0, top + 30))
        tokens.append(OcrToken(text, box, 0.99))
    return OcrResult(tuple(tokens), 600, 2000)


class OnePage:
    """The pages of a picture whose enlarged page holds nothing more."""

    upscaled = None

    def __init__(self, page):
        self.first = page


@pytest.mark.parametrize("texts", [("Depth 20 cm",), ("Green tea",), ()])
def test_the_ranker_says_from_which_confidence_on_answers_are_verified(texts):
    ranker = ranker_of(LEARNED)
    answer = answer_on(page(*texts), "depth")
    assert answer.verified_from == ranker.verified_from("depth") != ranker.verified_from("width")
    assert answer.status != "verified"


def answer_on(ocr_page, entity):
    (answer,) = select(OnePage(ocr_page), [entity], ranker_of(LEARNED))
    return answer


def test_a_stated_value_is_answered_with_its_tokens():
    answer = answer_on(page("Green tea", "Net weight 250 g"), "item_weight")
    assert (answer.text, answer.source, answer.reason) == ("250.0 gram", "ocr", "answered")
    assert [token.text for token in answer.evidence] == ["Net weight 250 g"]
    assert str(answer.candidates[0].amount) == "250.0 gram"
    assert 0 < answer.confidence <= 1


@pytest.mark.parametrize(("texts", "reason"), [((), "no_text"), (("Green tea",), "no_candidate")])
def test_without_a_value_the_reason_says_why(texts, reason):
    answer = answer_on(page(*texts), "item_weight")
    assert (answer.text, answer.reason, answer.evidence) == ("", reason, ())


def test_of_many_candidates_the_best_are_kept_and_the_chosen_one():
    many = page("Net weight 250 g", *(f"{10 * n + 7} g" for n in range(1, 40)))
    answer = answer_on(many, "item_weight")
    assert len(answer.candidates) == CANDIDATES_KEPT
    assert not answer.text or answer.text in {str(one.amount) for one in answer.candidates}


@pytest.mark.parametrize("entity", ["item_weight", "width"])
def test_json_comes_back_equal(entity):
    answer = answer_on(page("Net weight 250 g", '30" W x 20" D'), entity)
    assert Answer.from_json(answer.to_json()) == answer


class TwoPages:
    """The pages of a picture, and how often the enlarged one was wanted."""

    def __init__(self, first, upscaled):
        self.first = first
        self._upscaled = upscaled
        self.wanted = 0

    @property
    def upscaled(self):
        self.wanted += 1
        return self._upscaled


class SetConfidence:
    """Promises a fixed confidence for the best candidate of a page; all are worth answering."""

    exclusive = False

    def __init__(self, confidence):
        self._confidence = confidence

    def scores(self, candidates, entity):
        return [1.0 - 0.1 * number for number in range(len(candidates))]

    def probability(self, score, entity):
        return self._confidence


@pytest.mark.parametrize(("confidence", "upscaled", "weight"), [(0.59, True, "31.0"), (0.6, False, "30.0")])
def test_an_unsure_answer_is_looked_at_again(confidence, upscaled, weight):
    pages = TwoPages(page("Net weight 30 g"), page("Net weight 31 g"))
    (answer,) = select(pages, ["item_weight"], SetConfidence(confidence))
    assert (answer.text, answer.upscaled, pages.wanted) == (f"{weight} gram", upscaled, int(upscaled))


def test_an_unsure_answer_stays_where_the_enlarged_page_has_none():
    (answer,) = select(TwoPages(page("Net weight 30 g"), page()), ["item_weight"], SetConfidence(0.5))
    assert (answer.text, answer.upscaled) == ("30.0 gram", False)


@pytest.mark.parametrize(("first", "text"), [("Green tea", ""), ("Width 30 cm", "30.0 centimetre")])
def test_a_dimension_is_not_looked_for_again_be_it_unsure_or_not_there(first, text):
    pages = TwoPages(page(first), page("Width 31 cm"))
    (answer,) = select(pages, ["width"], SetConfidence(0.5))
    assert (answer.text, pages.wanted) == (text, 0)
