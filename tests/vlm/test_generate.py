import math

import pytest

torch = pytest.importorskip("torch", reason="needs the vlm extra")
pytest.importorskip("transformers", reason="needs the vlm extra")

from rules.amount import Amount, Rejection  # noqa: E402
from rules.normalise import normalise  # noqa: E402
from vlm.confidence import calibrated  # noqa: E402
from vlm.decoding import Decoding  # noqa: E402
from vlm.generate import OutOfGpuMemoryError, PaliGemmaReader  # noqa: E402
from vlm.prompt import PromptForm, make_prompt  # noqa: E402
from vlm.reader import PictureQuestions, ReaderOptions  # noqa: E402

CLOSE = 1e-3
"""Relative difference of log probabilities that batches of another shape may make in fp32."""


@pytest.fixture
def reader_of(tiny_model, tiny_processor):
    def make(temperature=1.0, **options):
        return PaliGemmaReader(tiny_model, tiny_processor, temperature=temperature, options=ReaderOptions(**options))

    return make


@pytest.fixture
def questions(picture, page):
    """Three pictures with pages of different lengths, and one without a page."""
    pages = [
        page(("34 g", 100, 100, 80, 30)),
        page(*((f"line {n} of 12 cm", 100, 20 * n, 80, 15) for n in range(9))),
        page(),
        None,
    ]
    asked = [("item_weight",), ("width", "height", "depth"), ("voltage", "item_volume"), ("wattage",)]
    pictures = [picture(n) for n in range(len(pages))]
    return [PictureQuestions(*parts) for parts in zip(pictures, pages, asked, strict=True)]


def inputs_of(processor, picture, prompt, answer=None):
    """What transformers itself makes of a question: the reference for ours."""
    suffix = None if answer is None else [answer]
    inputs = dict(processor(images=[picture], text=[f"<image>{prompt}"], suffix=suffix, return_tensors="pt"))
    inputs.pop("labels")
    return inputs


def log_probabilities(model, processor, picture, prompt, answer):
    """The log probability of each token of the answer and its end, all given at once, as in training."""
    inputs = inputs_of(processor, picture, prompt, answer)
    with torch.no_grad():
        steps = model(**inputs).logits[0].log_softmax(dim=-1)
    start = int((inputs["token_type_ids"][0] == 0).sum())
    ids = inputs["input_ids"][0]
    return [float(steps[n - 1, ids[n]]) for n in range(start, len(ids))]


def earlier_shift(model, processor, picture, token_types):
    """By how much other logits before the answer's last token move when that token is replaced."""
    inputs = inputs_of(processor, picture, make_prompt("width", None), "34 centimetre")
    inputs["token_type_ids"] = token_types(inputs["token_type_ids"])
    changed = {**inputs, "input_ids": inputs["input_ids"].clone()}
    changed["input_ids"][0, -1] = processor.tokenizer.convert_tokens_to_ids("7")
    with torch.no_grad():
        before, after = model(**inputs).logits, model(**changed).logits
    return float((before - after)[0, :-1].abs().max())


def test_the_last_answer_token_moves_no_earlier_logit(tiny_model, tiny_processor, picture):
    assert earlier_shift(tiny_model, tiny_processor, picture(), lambda given: given) == 0


def test_with_all_tokens_in_the_prefix_the_answer_would_see_itself(tiny_model, tiny_processor, picture):
    assert earlier_shift(tiny_model, tiny_processor, picture(), torch.zeros_like) > 1e-3


def test_without_token_types_the_prompt_would_be_read_causally(tiny_model, tiny_processor, picture):
    inputs = inputs_of(tiny_processor, picture(), make_prompt("width", None))
    without = {name: tensor for name, tensor in inputs.items() if name != "token_type_ids"}
    with torch.no_grad():
        assert not torch.allclose(tiny_model(**inputs).logits, tiny_model(**without).logits, atol=1e-3)


def test_confidence_is_the_probability_that_training_would_see(reader_of, questions, tiny_model, tiny_processor):
    for item, answers in zip(questions, reader_of().read(questions), strict=True):
        for entity, answer in zip(item.entities, answers, strict=True):
            prompt = make_prompt(entity, item.page)
            steps = log_probabilities(tiny_model, tiny_processor, item.picture, prompt, answer.text)
            assert math.log(answer.confidence) == pytest.approx(sum(steps), rel=CLOSE)


def test_unanswerable_is_the_probability_that_its_first_token_is_said(reader_of, tiny_model, tiny_processor, picture):
    (answer,) = reader_of().read([PictureQuestions(picture(), None, ("width",))])[0]
    inputs = inputs_of(tiny_processor, picture(), make_prompt("width", None))
    with torch.no_grad():
        first = tiny_model(**inputs).logits[0, -1].softmax(dim=-1)
    tokens = tiny_processor.tokenizer.convert_tokens_to_ids(["u"])
    assert answer.unanswerable == pytest.approx(float(first[tokens].sum()), rel=CLOSE)


def test_the_temperature_is_applied_to_both_probabilities(reader_of, questions):
    plain, warm = reader_of().read(questions)[0][0], reader_of(temperature=2.5).read(questions)[0][0]
    assert warm.text == plain.text
    assert warm.confidence == pytest.approx(calibrated(plain.confidence, 2.5))
    assert warm.unanswerable == pytest.approx(calibrated(plain.unanswerable, 2.5))


@pytest.mark.parametrize(
    ("decoding", "refused"),
    [(Decoding.ALLOWED_UNIT, set()), (Decoding.KNOWN_UNIT, {Rejection.WRONG_UNIT, Rejection.IMPLAUSIBLE})],
)
def test_answers_come_in_the_order_of_the_questions_and_the_rules_can_read_them(
    reader_of, questions, decoding, refused
):
    answers = reader_of(decoding=decoding).read(questions)
    assert [len(given) for given in answers] == [len(item.entities) for item in questions]
    for item, given in zip(questions, answers, strict=True):
        for entity, answer in zip(item.entities, given, strict=True):
            read = normalise(answer.text, entity)
            assert isinstance(read, Amount) or read in {Rejection.UNANSWERABLE, *refused}


def test_batched_equals_single(reader_of, questions):
    batched = reader_of(batch_size=8).read(questions)
    single = [answer for item in questions for answer in reader_of(batch_size=1).read([item])]
    for together, alone in zip(batched, single, strict=True):
        assert [a.text for a in together] == [a.text for a in alone]
        for a, b in zip(together, alone, strict=True):
            assert math.log(a.confidence) == pytest.approx(math.log(b.confidence), rel=CLOSE)


def test_the_prompt_is_tokenised_as_the_processor_does(reader_of, questions, tiny_processor):
    for item in questions:
        prompt = make_prompt("width", item.page)
        expected = inputs_of(tiny_processor, item.picture, prompt)["input_ids"][0].tolist()
        assert list(reader_of()._prompt(prompt)) == expected


def test_reused_features_give_the_very_logits_of_the_plain_path(reader_of, tiny_model, tiny_processor, picture):
    reader = reader_of(decoding=Decoding.FREE)
    reused = []
    original = tiny_model.generate

    def recording(**kwargs):
        reused.append(original(**kwargs, output_logits=True, return_dict_in_generate=True))
        return reused[-1].sequences

    with pytest.MonkeyPatch.context() as patched, torch.inference_mode():
        patched.setattr(tiny_model, "generate", recording)
        reader.read([PictureQuestions(picture(), None, ("width",))])
        inputs = inputs_of(tiny_processor, picture(), make_prompt("width", None))
        plain = original(**inputs, do_sample=False, max_new_tokens=16, output_logits=True, return_dict_in_generate=True)
    assert torch.equal(reused[0].sequences, plain.sequences)
    assert all(torch.equal(a, b) for a, b in zip(reused[0].logits, plain.logits, strict=True))


def test_each_picture_is_looked_at_once(reader_of, questions, tiny_model, monkeypatch):
    looked_at = []
    tower = tiny_model.model.vision_tower
    original = tower.forward

    def counting(pixel_values, **kwargs):
        looked_at.append(len(pixel_values))
        return original(pixel_values, **kwargs)

    monkeypatch.setattr(tower, "forward", counting)
    reader_of(batch_size=2).read(questions)
    assert sum(looked_at) == len(questions)


def test_more_pictures_than_are_held_at_a_time(reader_of, questions, monkeypatch):
    expected = reader_of().read(questions)
    monkeypatch.setattr("vlm.generate.PICTURES_AT_ONCE", 3)
    assert [[a.text for a in given] for given in reader_of().read(questions)] == [
        [a.text for a in given] for given in expected
    ]


def test_questions_of_like_length_share_a_batch_the_longest_first(reader_of, questions, tiny_model, monkeypatch):
    lengths = []
    original = tiny_model.generate

    def recording(**kwargs):
        lengths.append(kwargs["attention_mask"].sum(dim=1).tolist())
        return original(**kwargs)

    monkeypatch.setattr(tiny_model, "generate", recording)
    reader_of(batch_size=2).read(questions)
    together = [length for batch in lengths for length in batch]
    assert together == sorted(together, reverse=True)


def test_nothing_asked_is_nothing_answered(reader_of, picture):
    assert reader_of().read([]) == []
    assert reader_of().read([PictureQuestions(picture(), None, ())]) == [()]


def test_unknown_entities_are_refused(reader_of, picture):
    with pytest.raises(KeyError):
        reader_of().read([PictureQuestions(picture(), None, ("price",))])


class FullGpu:
    """Stands in for a model's method; raises what CUDA raises whenever a batch has more than `room` rows."""

    def __init__(self, method, size_of, room):
        self._method, self._size_of, self._room = method, size_of, room
        self.sizes = []

    def __call__(self, **kwargs):
        self.sizes.append(self._size_of(kwargs))
        if self.sizes[-1] > self._room:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")
        return self._method(**kwargs)


@pytest.mark.parametrize("room", [1, 2])
@pytest.mark.parametrize("method", ["generate", "get_image_features"])
def test_out_of_memory_halves_the_batch_and_goes_on(reader_of, questions, tiny_model, monkeypatch, method, room):
    expected = reader_of().read(questions)
    argument = {"generate": "input_ids", "get_image_features": "pixel_values"}[method]
    full = FullGpu(getattr(tiny_model, method), lambda given: len(given[argument]), room)
    monkeypatch.setattr(tiny_model, method, full)
    reader = reader_of(batch_size=6)
    answers = reader.read(questions)
    assert [[a.text for a in given] for given in answers] == [[a.text for a in given] for given in expected]
    assert reader.batch_size <= room
    assert full.sizes[0] > room
    assert all(size <= room for size in full.sizes[3:])


def test_when_not_even_one_fits_the_message_says_what_helps(reader_of, questions, tiny_model, monkeypatch):
    monkeypatch.setattr(tiny_model, "generate", FullGpu(tiny_model.generate, lambda given: len(given["input_ids"]), 0))
    with pytest.raises(OutOfGpuMemoryError, match="4-bit"):
        reader_of().read(questions)


def test_pictures_are_prepared_on_worker_threads(reader_of, questions, monkeypatch):
    import threading

    names = set()
    original = PaliGemmaReader._pixels

    def recording(self, picture):
        names.add(threading.current_thread().name)
        return original(self, picture)

    monkeypatch.setattr(PaliGemmaReader, "_pixels", recording)
    reader_of().read(questions)
    assert threading.current_thread().name not in names


def test_a_prepared_picture_is_as_large_as_the_model_sees_it_and_the_same_to_it(reader_of, picture):
    reader = reader_of()
    original = picture(3)
    small = reader.prepared(original)
    assert small.shape == (28, 28, 3)
    assert torch.equal(reader._pixels(small), reader._pixels(original))


def test_the_prompt_has_the_form_of_the_settings(tiny_model, tiny_processor, questions, monkeypatch):
    asked = []
    reader = PaliGemmaReader(tiny_model, tiny_processor, prompt_form=PromptForm.LAYOUT)
    encode = reader._prompt
    monkeypatch.setattr(reader, "_prompt", lambda text: asked.append(text) or encode(text))
    reader.read(questions[:1])
    assert asked == [make_prompt("item_weight", questions[0].page, PromptForm.LAYOUT)]


def test_given_answers_have_the_log_probabilities_that_training_would_see(
    reader_of, questions, tiny_model, tiny_processor
):
    texts = ["12.5 centimetre", "unanswerable", "3 inch"]
    scored = reader_of().score(questions, [[texts] * len(asked.entities) for asked in questions])
    for asked, of_item in zip(questions, scored, strict=True):
        for entity, found in zip(asked.entities, of_item, strict=True):
            prompt = make_prompt(entity, asked.page)
            expected = [
                sum(log_probabilities(tiny_model, tiny_processor, asked.picture, prompt, text)) for text in texts
            ]
            assert list(found) == pytest.approx(expected, rel=CLOSE)


def test_the_score_of_what_is_generated_is_its_confidence(reader_of, questions):
    reader = reader_of()
    answers = reader.read(questions)
    scored = reader.score(questions, [[[answer.text] for answer in of_item] for of_item in answers])
    for of_item, scores in zip(answers, scored, strict=True):
        for answer, (score,) in zip(of_item, scores, strict=True):
            assert math.exp(score) == pytest.approx(answer.confidence, rel=CLOSE)
