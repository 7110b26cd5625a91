"""The weights that come with the package: they load as any PaliGemma does and answer pages they have not seen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="needs the vlm extra")
pytest.importorskip("transformers", reason="needs the vlm extra")

import vlm.nano  # noqa: E402
from rules.constants import ENTITIES  # noqa: E402
from vlm.nano.tasks import Example, Mixture, draw_example  # noqa: E402
from vlm.prompt import PROMPT_VERSION, make_question  # noqa: E402

WEIGHTS = Path(vlm.nano.__file__).parent / "weights"
UNSEEN = 700_000_000_000_000
LARGEST_BYTES = 24_000_000
MOST_PARAMETERS = 12_000_000
pytestmark = pytest.mark.skipif(not WEIGHTS.exists(), reason="the package has no weights yet; see vlm/nano")
ASKED = 40


@pytest.fixture(scope="module")
def reader():  # type: ignore[no-untyped-def]
    from transformers import PaliGemmaForConditionalGeneration, PaliGemmaProcessor

    model = PaliGemmaForConditionalGeneration.from_pretrained(WEIGHTS).eval()
    return model, PaliGemmaProcessor.from_pretrained(WEIGHTS)


def share_right(reader, examples: list[Example], *, blank: bool = False) -> float:  # type: ignore[no-untyped-def]
    """Share of examples whose greedily generated answer is the right one to the letter."""
    model, processor = reader
    pictures = [example.pixels * 0 + 255 if blank else example.pixels for example in examples]
    texts = ["<image>" + example.prompt for example in examples]
    inputs = processor(images=pictures, text=texts, padding="longest", return_tensors="pt")
    inputs.pop("labels", None)
    with torch.no_grad():
        made = model.generate(**inputs, max_new_tokens=16, do_sample=False)
    answers = processor.tokenizer.batch_decode(made[:, inputs["input_ids"].shape[1] :], skip_special_tokens=True)
    return sum(a == e.answer for a, e in zip(answers, examples, strict=True)) / len(examples)


def examples_of(kind: str, mixture: Mixture, size: int) -> list[Example]:
    drawn = (draw_example(UNSEEN + number, mixture, size) for number in range(ASKED * 20))
    return [example for example in drawn if example.kind == kind][:ASKED]


def test_the_weights_are_small_enough_for_the_package(reader) -> None:  # type: ignore[no-untyped-def]
    model, _ = reader
    assert sum(path.stat().st_size for path in WEIGHTS.glob("*.safetensors")) <= LARGEST_BYTES
    assert sum(parameter.numel() for parameter in model.parameters()) <= MOST_PARAMETERS


def test_the_weights_know_the_prompt_they_learned(reader) -> None:  # type: ignore[no-untyped-def]
    model, processor = reader
    settings = json.loads((WEIGHTS / "reader.json").read_text())
    assert settings["prompt_version"] == PROMPT_VERSION
    assert settings["resolution"] == model.config.vision_config.image_size
    for entity in ENTITIES:
        assert len(processor.tokenizer.tokenize(make_question(entity))) <= 12


def test_unseen_label_pages_are_read(reader) -> None:  # type: ignore[no-untyped-def]
    size = reader[0].config.vision_config.image_size
    assert share_right(reader, examples_of("label", Mixture(drawn=0.0), size)) > 0.5


def test_four_bits_leave_what_it_reads(reader) -> None:  # type: ignore[no-untyped-def]
    """So that QLoRA has something to build on; with its attention in four bits it gets nothing right."""
    pytest.importorskip("bitsandbytes")
    from vlm.load import load_model
    from vlm.quantise import Quantisation
    from vlm.source import find_base

    model = load_model(find_base("nano"), Quantisation.NF4, torch.float32, "cpu")
    size = reader[0].config.vision_config.image_size
    assert share_right((model, reader[1]), examples_of("label", Mixture(drawn=0.0), size)[:20]) > 0.5


def test_the_picture_counts_where_only_the_drawing_decides(reader) -> None:  # type: ignore[no-untyped-def]
    size = reader[0].config.vision_config.image_size
    examples = examples_of("drawn", Mixture(drawn=1.0), size)
    seen, blank = share_right(reader, examples), share_right(reader, examples, blank=True)
    assert seen > 0.5
    assert seen > blank + 0.1
