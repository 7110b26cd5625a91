"""Google's weights as they lie on the hub, in small: loaded, trained, merged and asked."""

from __future__ import annotations

from itertools import chain

import pytest

torch = pytest.importorskip("torch", reason="needs the vlm extra")
for package in ("peft", "trl", "bitsandbytes", "datasets"):
    pytest.importorskip(package, reason="needs the vlm extra")

from safetensors.torch import load_file  # noqa: E402

from tests.vlm.support.hub_like import save_hub_like  # noqa: E402
from vlm.finetune.config import load_config  # noqa: E402
from vlm.finetune.examples import Example, write_examples  # noqa: E402
from vlm.finetune.merge import merge  # noqa: E402
from vlm.finetune.train import train  # noqa: E402
from vlm.load import create_reader  # noqa: E402
from vlm.reader import PictureQuestions, ReaderOptions  # noqa: E402

FP32 = ReaderOptions(device="cpu", precision="fp32")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    return save_hub_like(tmp_path_factory.mktemp("hub_like"))


@pytest.fixture(scope="module")
def adapter(base, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    rows = [Example("", None, "width", f"{number} inch", group=str(number)) for number in range(1, 5)]
    write_examples(folder / "data" / "train", rows)
    write_examples(folder / "data" / "holdout", [])
    counts = '{"examples": 4, "digest": ""}'
    (folder / "data" / "report.json").write_text(f'{{"train": {counts}, "holdout": {counts}}}')
    given = [f"base={base}", f"out={folder / 'adapter'}", f"stages.0.data={folder / 'data'}"]
    train(load_config(None, [*given, "stages.0.max_steps=2", "stages.0.lr=0.05", "device=cpu", "batch=2", "workers=0"]))
    return folder / "adapter"


@pytest.fixture
def asked(picture, page):
    shown = page(("WIDE 12.5 cm", 100, 100, 300, 40))
    return [PictureQuestions(picture(n), shown, ("width", "item_weight")) for n in range(2)]


def test_all_weights_are_found_under_their_old_names(base):
    model = create_reader(str(base), FP32)._model
    shards = {name: tensor for file in base.glob("*.safetensors") for name, tensor in load_file(file).items()}
    values = sorted(round(tensor.double().sum().item(), 6) for tensor in shards.values())
    assert all(".vision_model." in name for name in shards if name.startswith("vision_tower"))
    loaded = [tensor for name, tensor in model.state_dict().items() if name != "lm_head.weight"]
    assert sorted(round(tensor.double().sum().item(), 6) for tensor in loaded) == values


def said(answers):
    return [(answer.text, answer.confidence) for answer in answers]


def test_the_adapter_learns_and_answers_as_the_model_it_is_merged_into(base, adapter, asked, tmp_path):
    merge(adapter, tmp_path / "merged", compute="fp32")
    folders = (base, adapter, tmp_path / "merged")
    of_base, of_adapter, of_merged = ([*map(said, create_reader(str(one), FP32).read(asked))] for one in folders)
    assert of_base != of_adapter
    for one, other in zip(chain(*of_adapter), chain(*of_merged), strict=True):
        assert one[0] == other[0]
        assert one[1] == pytest.approx(other[1], rel=1e-3)
