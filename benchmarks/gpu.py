"""python -m benchmarks.gpu: what a reader takes on this machine, as JSON: memory, seconds a step, rows a second.

Any base will do, `random-3b-448` too: PaliGemma 2 3B with random weights. Training is the QLoRA of `extractor train` on
blank pictures with full pages, generation that of `extractor predict`. With `--labels` the ablation comes too.
"""

from __future__ import annotations

import asyncio
import json
import resource
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.random_base import SHAPES, save_random
from ocr.token import OcrResult, OcrToken
from rules.constants import ENTITIES
from vlm.quantise import Quantisation
from vlm.reader import PictureQuestions, ReaderOptions

WARM_STEPS = 2
LINES = 30
"""Texts on each page: prompts of about 450 tokens in Gemma's tokenizer."""
SIDE = 1000

Measured = dict[str, Any]


def main(
    base: Annotated[str, typer.Option(help=f"A folder, a hub id, nano, {', '.join(SHAPES)}.")] = "random-3b-448",
    train_batch: Annotated[list[int] | None, typer.Option(help="Rows in a training step; may be repeated.")] = None,
    generate_batch: Annotated[list[int] | None, typer.Option(help="Questions at a time; may be repeated.")] = None,
    steps: Annotated[int, typer.Option(min=1, help="Training steps that are timed.")] = 5,
    rows: Annotated[int, typer.Option(min=1, help="Questions that are answered.")] = 512,
    quantisation: Annotated[Quantisation, typer.Option(help="Of the base in training.")] = Quantisation.NF4,
    precision: Annotated[str, typer.Option(help="Of the reader: auto, bf16, fp32, 4bit.")] = "auto",
    labels: Annotated[Path | None, typer.Option(help="Labelled rows for an ablation.")] = None,
    images: Annotated[Path | None, typer.Option(help="Their pictures.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where the JSON goes; else it is printed.")] = None,
) -> None:
    """Measure a reader on this machine."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        source = str(save_random(SHAPES[base], folder / "base")) if base in SHAPES else base
        trained = [
            _within_memory(partial(_training, source, batch, steps, quantisation, folder / f"train{batch}"))
            | {"batch": batch}
            for batch in train_batch or (1, 2, 4, 8, 16)
        ]
        options = [ReaderOptions(precision=precision, batch_size=batch) for batch in generate_batch or (16, 64, 256)]
        answered = [
            _within_memory(partial(_generation, source, one, rows)) | {"batch": one.batch_size} for one in options
        ]
        found = {"base": base, **_machine(), "train": trained, "generate": answered}
        if labels is not None:
            found["ablation"] = _ablation(source, labels, images, options[0], folder)
    text = json.dumps(found, indent=2)
    typer.echo(text) if out is None else out.write_text(f"{text}\n", encoding="utf-8")


def _training(base: str, batch: int, steps: int, quantisation: Quantisation, folder: Path) -> Measured:
    """Seconds of a step, the first few left out, and the most memory."""
    from transformers import TrainerCallback

    from vlm.finetune.config import load_config
    from vlm.finetune.examples import Example, write_examples
    from vlm.finetune.train import train

    ends: list[float] = []

    class Clock(TrainerCallback):
        def on_step_end(self, *_: Any, **__: Any) -> None:
            _wait_for_gpu()
            ends.append(time.perf_counter())

    page = _page()
    rows = [Example("", page, ENTITIES[n % len(ENTITIES)], "12.5 centimetre", group=str(n)) for n in range(batch)]
    write_examples(folder / "data" / "train", rows * (WARM_STEPS + steps))
    write_examples(folder / "data" / "holdout", [])
    side = {"examples": len(rows), "digest": ""}
    (folder / "data" / "report.json").write_text(json.dumps({"train": side, "holdout": side}), encoding="utf-8")
    given = [f"base={base}", f"out={folder / 'run'}", f"stages.0.data={folder / 'data'}", "evaluations=0", "workers=0"]
    more = [
        f"batch={batch}",
        "accumulation=1",
        f"stages.0.max_steps={WARM_STEPS + steps}",
        f"quantisation={quantisation}",
    ]
    _reset_memory()
    train(load_config(None, [*given, *more]), callbacks=[Clock()])
    return {"gigabytes": _gigabytes(), "seconds_a_step": (ends[-1] - ends[WARM_STEPS - 1]) / steps}


def _generation(base: str, options: ReaderOptions, rows: int) -> Measured:
    """Rows a second, after a first batch, and the most memory."""
    import numpy as np

    from vlm.load import create_reader

    reader = create_reader(base, options)
    picture, page = np.full((SIDE, SIDE, 3), 255, dtype=np.uint8), _page()
    items = [PictureQuestions(picture, page, (ENTITIES[n % len(ENTITIES)],)) for n in range(rows)]
    reader.read(items[: options.batch_size])
    _reset_memory()
    _wait_for_gpu()
    started = time.perf_counter()
    reader.read(items)
    _wait_for_gpu()
    seconds = time.perf_counter() - started
    return {"gigabytes": _gigabytes(), "rows_a_second": rows / seconds, "batch_at_the_end": reader.batch_size}


def _ablation(base: str, labels: Path, images: Path | None, options: ReaderOptions, folder: Path) -> Measured:
    from extractor.api.readers import ReaderChoice
    from extractor.evaluation.ablation import run_ablation
    from extractor.evaluation.inputs import read_labelled_rows
    from extractor.evaluation.tables import evaluation_json
    from extractor.run.options import RunOptions
    from extractor.run.progress import SilentWatcher

    choice = ReaderChoice(base, batch=options.batch_size, precision=options.precision)
    labelled = read_labelled_rows(labels)
    run = RunOptions(labels.parent, folder / "store.sqlite3", images=images, vlm=choice)
    found = asyncio.run(run_ablation(labelled, run, SilentWatcher()))
    return evaluation_json(found, file=str(labels), columns=labelled.columns)


def _within_memory(measure: Callable[[], Measured]) -> Measured:
    """What is measured, or that the memory was not enough."""
    import gc

    import torch

    from vlm.generate import OutOfGpuMemoryError

    try:
        return measure()
    except (torch.cuda.OutOfMemoryError, OutOfGpuMemoryError):
        return {"out_of_memory": True}
    finally:
        gc.collect()
        torch.cuda.empty_cache()


def _machine() -> Measured:
    import torch

    name = torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
    return {"device": name, "torch": torch.__version__}


def _page() -> OcrResult:
    tokens = []
    for number in range(LINES):
        x, y = 20.0 + 500 * (number % 2), 20.0 + 60 * (number // 2)
        tokens.append(
            OcrToken(f"Line {number}: 12.{number} cm", ((x, y), (x + 300, y), (x + 300, y + 30), (x, y + 30)), 0.9)
        )
    return OcrResult(tuple(tokens), SIDE, SIDE)


def _wait_for_gpu() -> None:
    import torch

    if torch.cuda.is_available():
        torch.cuda.synchronize()


def _reset_memory() -> None:
    import torch

    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()


def _gigabytes() -> float:
    """The most memory so far: of the GPU since `_reset_memory`, without one of this process since its start."""
    import torch

    if torch.cuda.is_available():
        return float(torch.cuda.max_memory_allocated()) / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


if __name__ == "__main__":
    typer.run(main)
