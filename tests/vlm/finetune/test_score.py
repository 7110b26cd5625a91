"""Scores of generated answers, and how evaluations generate them."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="needs the vlm extra")
pytest.importorskip("transformers", reason="needs the vlm extra")

from rules.counts import Counts  # noqa: E402
from rules.outcome import count  # noqa: E402
from vlm.decoding import Decoding  # noqa: E402
from vlm.finetune.examples import Example  # noqa: E402
from vlm.finetune.score import answered, outcome_of_text  # noqa: E402
from vlm.generate import PaliGemmaReader  # noqa: E402
from vlm.reader import ReaderOptions  # noqa: E402


@pytest.fixture
def examples(page):
    """Questions with prompts of very different lengths."""
    pages = [None, page(("34 g", 100, 100, 80, 30)), page(*((f"line {n}", 9, 20 * n, 80, 15) for n in range(9)))]
    entities = ("width", "voltage", "item_weight")
    return [Example("", one, entity, "") for one, entity in zip(pages, entities, strict=True)]


@pytest.fixture(scope="module")
def talkative(tiny_reader_folder):
    """The tiny model with a head of its own; with the one tied to its embeddings it repeats the last token for ever."""
    from transformers import PaliGemmaForConditionalGeneration

    model = PaliGemmaForConditionalGeneration.from_pretrained(tiny_reader_folder)
    torch.manual_seed(0)
    model.lm_head = torch.nn.Linear(model.lm_head.in_features, model.lm_head.out_features, bias=False)
    return model.eval()


def test_answers_generated_in_a_batch_are_those_generated_alone(talkative, tiny_processor, examples):
    def texts(batch):
        options = ReaderOptions(decoding=Decoding.FREE, batch_size=batch, max_new_tokens=12)
        reader = PaliGemmaReader(talkative, tiny_processor, options=options)
        return [answer.text for _, answer in answered(reader, examples)]

    assert texts(batch=3) == texts(batch=1)
    assert len(set(texts(batch=3))) == len(examples)


@pytest.mark.parametrize(
    ("text", "right", "expected"),
    [
        ("12.5 centimetre", ("12.5 centimetre",), Counts(tp=1)),
        ("125 millimetre", ("12.5 centimetre",), Counts(fp=1)),
        ("4.9 inch", ("12.5 centimetre", "4.9 inch"), Counts(tp=1)),
        ("3 volt", ("12.5 centimetre",), Counts(fn=1)),
        ("unanswerable", ("12.5 centimetre",), Counts(fn=1)),
        ("unanswerable", ("unanswerable",), Counts(tn=1)),
        ("1 inch", ("unanswerable",), Counts(fp=1)),
        ("unanswerable", ("12.5 centimetre", "unanswerable"), Counts(tn=1)),
    ],
)
def test_outcomes(text, right, expected):
    assert count([outcome_of_text(text, Example("", None, "width", right[0], right))]) == expected


def test_f1_counts_a_wrong_answer_once():
    assert Counts(tp=2, fp=1, fn=1, tn=5).f1 == pytest.approx(2 * 2 / (2 * 2 + 1 + 1))
