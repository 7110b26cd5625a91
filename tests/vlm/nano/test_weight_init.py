"""What a nano model can do before any training: go on with a text that stood before, and look where a text stands."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

torch = pytest.importorskip("torch", reason="needs the vlm extra")
pytest.importorskip("transformers", reason="needs the vlm extra")

from vlm.nano.architecture import NanoShape, build_model  # noqa: E402
from vlm.nano.batches import LABELS  # noqa: E402
from vlm.nano.layouts import DIMENSIONS  # noqa: E402
from vlm.nano.question import entity_token  # noqa: E402
from vlm.nano.tokenizer import make_processor, train_tokenizer  # noqa: E402
from vlm.nano.tower import AuxiliaryHeads  # noqa: E402
from vlm.nano.weight_init import AXIS, NOTE, StreamLayout, coordinates  # noqa: E402

SHAPE = NanoShape()
WORDS = ["width height depth weight in cm gram ounce pound max load volt watt kilo net size"] * 20


@pytest.fixture(scope="module")
def processor():  # type: ignore[no-untyped-def]
    return make_processor(train_tokenizer([*WORDS, "1234567890 .,x/"], 420), SHAPE)


@pytest.fixture(scope="module")
def model(processor):  # type: ignore[no-untyped-def]
    return build_model(processor, SHAPE, 1).eval()


def inputs_of(processor, ids: list[int]):  # type: ignore[no-untyped-def]
    head = [processor.image_token_id] * SHAPE.image_tokens
    all_ids = torch.tensor([head + ids])
    side = SHAPE.image_size
    return {
        "input_ids": all_ids,
        "attention_mask": torch.ones_like(all_ids),
        "token_type_ids": torch.zeros_like(all_ids),
        "pixel_values": torch.zeros(1, 3, side, side),
    }


def test_goes_on_with_what_stood_before(processor, model) -> None:  # type: ignore[no-untyped-def]
    rng, right, tries = Random(3), 0, 40
    for _ in range(tries):
        text = rng.sample(range(5, 261), 24)
        at = rng.randrange(3, 20)
        ids = [*text, *rng.sample(range(5, 261), 4), *text[at - 3 : at]]
        with torch.no_grad():
            logits = model(**inputs_of(processor, ids)).logits[0, -1]
        right += int(logits.argmax()) == text[at]
    assert right >= 0.5 * tries


def test_random_weights_do_not(processor) -> None:  # type: ignore[no-untyped-def]
    random = build_model(processor, SHAPE, 1).eval()
    with torch.no_grad():
        for layer in random.model.language_model.layers:
            for name in ("q_proj", "k_proj"):
                getattr(layer.self_attn, name).weight.normal_(std=0.05)
    rng, right = Random(3), 0
    for _ in range(40):
        text = rng.sample(range(5, 261), 24)
        with torch.no_grad():
            logits = random(**inputs_of(processor, [*text, *text[3:6]])).logits[0, -1]
        right += int(logits.argmax()) == text[6]
    assert right <= 8


def test_looks_at_the_patch_where_a_text_stands(processor, model) -> None:  # type: ignore[no-untyped-def]
    side, count = SHAPE.image_size // SHAPE.patch_size, 0
    model.set_attn_implementation("eager")
    cells = [(row, column) for row in range(side) for column in range(side)]
    for row, column in cells:
        y, x = (round((cell + 0.5) / side * 1023) for cell in (row, column))
        places = processor.tokenizer.convert_tokens_to_ids([f"<loc{y:04d}>", f"<loc{x:04d}>"])
        inputs = inputs_of(processor, [2, *places, 30, 31])
        with torch.no_grad():
            weights = model.model(**inputs, output_attentions=True).attentions[1][0, 2]
        seen = int(weights[SHAPE.image_tokens + 2, : SHAPE.image_tokens].argmax())
        count += max(abs(seen // side - row), abs(seen % side - column)) <= 1
    model.set_attn_implementation("sdpa")
    assert count >= 0.75 * len(cells)


def test_a_place_names_the_dimension_whose_word_its_features_are_like() -> None:
    heads, layout = AuxiliaryHeads(160), StreamLayout(160)
    words = torch.randn(len(DIMENSIONS), 160)
    for number, word in enumerate(DIMENSIONS):
        features = torch.zeros(1, 160)
        features[0, layout.content] = 3 * words[number, layout.content]
        with torch.no_grad():
            logits = heads.place_logits(features, words)
        assert logits.shape == (1, len(LABELS))
        assert LABELS[int(logits.argmax())] == word


def test_the_third_layer_notes_once_more_what_stands_before(processor, model) -> None:  # type: ignore[no-untyped-def]
    model.set_attn_implementation("eager")
    with torch.no_grad():
        weights = model.model(**inputs_of(processor, [2, *range(30, 50)]), output_attentions=True).attentions[2][0, 0]
    model.set_attn_implementation("sdpa")
    text = range(SHAPE.image_tokens + 2, SHAPE.image_tokens + 21)
    # Fainter than in the first layer, since the stream has grown by then; by chance it would be one in eighty.
    assert sum(int(weights[at].argmax()) == at - 1 for at in text) >= 0.4 * len(text)


def test_the_words_of_dimensions_are_tokens_of_the_question(processor) -> None:  # type: ignore[no-untyped-def]
    for word in DIMENSIONS:
        ids = processor.tokenizer(f"answer en {word}", add_special_tokens=False).input_ids
        assert entity_token(processor, word) == ids[-1]


def test_parts_of_the_stream_do_not_overlap() -> None:
    layout = StreamLayout(160)
    parts = (layout.content, layout.before, layout.two_before, layout.own_axis, layout.axis_before, layout.axis_copy)
    assert layout.content.start == layout.patch_flag + 1 == layout.constant + 2
    assert all(one.stop == other.start for one, other in pairwise(parts))
    assert parts[-1].stop == 160
    assert [part.stop - part.start for part in parts[1:]] == [NOTE, NOTE, AXIS, AXIS, AXIS]


def test_too_small_a_stream_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 128"):
        StreamLayout(96)


def test_near_coordinates_are_alike() -> None:
    waves = coordinates(torch.tensor([0.50, 0.52, 0.80]))
    assert waves[0] @ waves[1] > 2 * (waves[0] @ waves[2])
