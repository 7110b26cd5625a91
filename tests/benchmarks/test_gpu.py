"""The benchmark of readers on GPUs, on a CPU with a tiny base of random weights."""

from __future__ import annotations

import json

import pytest
import typer
from typer.testing import CliRunner

for package in ("torch", "datasets", "trl", "peft", "bitsandbytes", "accelerate", "transformers"):
    pytest.importorskip(package, reason="needs the vlm extra")

from benchmarks.gpu import main  # noqa: E402

LABELS = """image_link,entity_name,entity_value
white.png,width,3 inch
"""


def test_one_command_measures_training_generation_and_the_ablation(tmp_path):
    from PIL import Image

    Image.new("RGB", (40, 30), "white").save(tmp_path / "white.png")
    (tmp_path / "labels.csv").write_text(LABELS)
    app = typer.Typer()
    app.command()(main)
    given = ["--base", "random-tiny", "--train-batch", 1, "--train-batch", 2, "--steps", 1, "--generate-batch", 4]
    more = ["--rows", 4, "--labels", tmp_path / "labels.csv", "--out", tmp_path / "gpu.json"]
    result = CliRunner().invoke(app, [*map(str, [*given, *more])], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    found = json.loads((tmp_path / "gpu.json").read_text())
    assert [one["batch"] for one in found["train"]] == [1, 2]
    assert all(one["seconds_a_step"] > 0 and one["gigabytes"] > 0 for one in found["train"])
    (answered,) = found["generate"]
    assert (answered["batch"], answered["batch_at_the_end"]) == (4, 4)
    assert answered["rows_a_second"] > 0
    assert [arm["name"] for arm in found["ablation"]["arms"]] == list("abcdefgh")
