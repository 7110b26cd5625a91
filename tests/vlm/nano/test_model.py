"""The nano model's parts: tokenizer, batches and a few steps of training of a smaller one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs the vlm extra")
pytest.importorskip("transformers", reason="needs the vlm extra")

from vlm.finetune.errors import TrainError  # noqa: E402
from vlm.finetune.examples import TRAIN, Example, write_examples  # noqa: E402
from vlm.nano.architecture import NanoShape, build_model  # noqa: E402
from vlm.nano.batches import IGNORED, collate, training_batches  # noqa: E402
from vlm.nano.pretrain import PretrainOptions, pretrain  # noqa: E402
from vlm.nano.scoring import answer_logits  # noqa: E402
from vlm.nano.tasks import Mixture, draw_example  # noqa: E402
from vlm.nano.tokenizer import make_processor, train_tokenizer  # noqa: E402

SMALL = NanoShape(
    hidden=128,
    layers=2,
    heads=4,
    mlp=64,
    tower_hidden=64,
    tower_heads=2,
    tower_layers=1,
    tower_mlp=64,
    image_size=40,
    patch_size=20,
)
EXAMPLES = [draw_example(seed, Mixture(directions=0.2, triple=0.3), SMALL.image_size) for seed in range(300)]


@pytest.fixture(scope="module")
def processor():  # type: ignore[no-untyped-def]
    return make_processor(train_tokenizer([f"{e.prompt}\n{e.answer}" for e in EXAMPLES], 900), SMALL)


def test_texts_survive_the_tokenizer(processor) -> None:  # type: ignore[no-untyped-def]
    tokenizer = processor.tokenizer
    texts = [e.prompt for e in EXAMPLES[:40]] + ["Höhe 12,5 cm", "宽 30厘米 ✓ 🎈", 'a  b "7"', "1\n2\n\n3"]
    for text in texts:
        ids = tokenizer(text, add_special_tokens=False).input_ids
        assert tokenizer.unk_token_id not in ids
        assert tokenizer.decode(ids) == text


def test_digits_and_places_are_single_tokens(processor) -> None:  # type: ignore[no-untyped-def]
    tokens = processor.tokenizer.tokenize("<loc0012><loc1023>12.50cm\n99")
    assert tokens[:5] == ["<loc0012>", "<loc1023>", "1", "2", "."]
    assert tokens[-3:] == ["\n", "9", "9"]


def test_a_batch_is_what_the_processor_makes(processor) -> None:  # type: ignore[no-untyped-def]
    for example in EXAMPLES[:6]:
        batch = collate([example], processor)
        made = processor(
            images=example.pixels, text="<image>" + example.prompt, suffix=example.answer, return_tensors="pt"
        )
        assert batch.input_ids.tolist() == made["input_ids"].tolist()
        assert batch.token_type_ids.tolist() == made["token_type_ids"].tolist()
        assert batch.labels.tolist() == made["labels"].tolist()
        assert torch.allclose(batch.tensors()["pixel_values"], made["pixel_values"], atol=1e-4)


def test_labels_are_the_answer_and_the_end_and_nothing_else(processor) -> None:  # type: ignore[no-untyped-def]
    examples = EXAMPLES[:8]
    batch = collate(examples, processor)
    for row, example in enumerate(examples):
        labels = batch.labels[row][batch.labels[row] != IGNORED].tolist()
        assert processor.tokenizer.decode(labels) == example.answer + processor.tokenizer.eos_token


def test_the_places_of_numbers_carry_what_their_lines_show(processor) -> None:  # type: ignore[no-untyped-def]
    examples = [example for example in EXAMPLES if example.kind == "directions"][:8]
    batch = collate(examples, processor)
    names = {1: "width", 2: "height", 3: "depth", 4: "other"}
    for row, example in enumerate(examples):
        kinds = [names[kind] for kind in batch.place_labels[row][batch.place_labels[row] != IGNORED].tolist()]
        assert kinds[: len(example.answer.split())] == example.answer.split()


def test_the_last_token_of_the_answer_moves_no_logit(processor) -> None:  # type: ignore[no-untyped-def]
    model = build_model(processor, SMALL, 1).eval()
    inputs = collate(EXAMPLES[:1], processor).tensors()
    changed = {**inputs, "input_ids": inputs["input_ids"].clone()}
    changed["input_ids"][0, -1] = 300
    with torch.no_grad():
        before, after = (answer_logits(model, x, bf16=False).logits for x in (inputs, changed))
    assert torch.allclose(before, after, atol=1e-5)


def test_a_seed_gives_the_same_first_weights(processor) -> None:  # type: ignore[no-untyped-def]
    first, second, other = (build_model(processor, SMALL, seed).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert any(not torch.equal(first[name], other[name]) for name in first)


def test_batches_go_on_where_a_run_was_stopped(processor, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    processor.save_pretrained(tmp_path)
    arguments = {"steps": 16, "image_size": SMALL.image_size}
    whole = list(training_batches(tmp_path, 5, 2, **arguments))
    rest = list(training_batches(tmp_path, 5, 2, start=5, **arguments))
    assert len(whole) == 16
    assert [b.input_ids.tolist() for b in whole[5:]] == [b.input_ids.tolist() for b in rest]


def test_a_few_steps_train_save_and_resume(tmp_path: Path) -> None:
    from transformers import PaliGemmaForConditionalGeneration, PaliGemmaProcessor

    options = PretrainOptions(
        tmp_path, minutes=2, seed=3, steps=8, tower_steps=4, batch_size=4, held_out=8, tokenizer_texts=200,
        tokenizer_size=800, shape=SMALL,
    )  # fmt: skip
    log: list[str] = []
    scores = pretrain(options, log.append)
    assert {"drawn", "drawn_blank", "label"} <= set(scores)
    model = PaliGemmaForConditionalGeneration.from_pretrained(tmp_path)
    assert len(PaliGemmaProcessor.from_pretrained(tmp_path).tokenizer) == model.config.text_config.vocab_size
    before = model.state_dict()
    pretrain(replace(options, resume=True), log.append)
    after = PaliGemmaForConditionalGeneration.from_pretrained(tmp_path).state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_what_is_not_there_is_told_before_anything_is_drawn(tmp_path: Path) -> None:
    out, data = tmp_path / "model", tmp_path / "data"
    write_examples(data / TRAIN, [Example("", None, "width", "3 inch")])
    with pytest.raises(TrainError, match="data/holdout: no such folder"):
        pretrain(PretrainOptions(out, data=(data,)))
    with pytest.raises(TrainError, match="holds no run to resume"):
        pretrain(PretrainOptions(out, resume=True))
    assert not out.exists()
