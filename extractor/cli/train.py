"""`extractor train`: an adapter of a PaliGemma from prepared data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from extractor.cache.target import check_folder
from extractor.cli.vlm_extra import vlm_extra


def train(
    overrides: Annotated[
        list[str] | None,
        typer.Argument(metavar="KEY=VALUE", help="Other settings, such as lora.rank=8 or stages.0.lr=1e-4."),
    ] = None,
    *,
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Settings as YAML; configs/ holds some to start from.")
    ] = None,
    base: Annotated[
        str | None, typer.Option(metavar="MODEL", help="What to adapt: a hub id, a folder, or nano.")
    ] = None,
    data: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="Prepared data, one folder for each stage of the configuration, in order."),
    ] = None,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where the adapter and its checkpoints go.")] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run in --out; it ends as if it had never stopped.")
    ] = False,
    max_steps: Annotated[int | None, typer.Option(min=1, metavar="N", help="Only N steps in each stage.")] = None,
    push_to_hub: Annotated[str | None, typer.Option(metavar="REPO", help="Upload the finished adapter there.")] = None,
) -> None:
    """Teach a PaliGemma to read measures: QLoRA on prepared rows, noisy ones first, curated ones last.

    Evaluates on held-out rows by generating answers (the challenge's F1),
    keeps the best and stops early. For several GPUs start it with
    `accelerate launch -m extractor train ...`.

    Examples:

      extractor train --config configs/nano.yaml --data data/noisy --data data/curated --out adapters/mine

      extractor train --config configs/nano.yaml --data data/curated --out adapters/try --max-steps 20

      extractor train --config configs/paligemma2-3b-448.yaml lora.rank=8 stages.0.lr=1e-4 --out adapters/rank8
    """
    with vlm_extra():
        from vlm.finetune.config import load_config
        from vlm.finetune.train import check_push, push
        from vlm.finetune.train import train as run

        settings = load_config(config, overrides or [])
        settings = settings.replaced(
            base=base,
            data=[str(path) for path in data or []],
            out=None if out is None else str(out),
            max_steps=max_steps,
        )
        check_folder(Path(settings.out), "--out")
        if push_to_hub is not None:
            check_push(push_to_hub)
        record = run(settings, resume=resume)
        if record is None:
            return
        for result in record.stages:
            f1 = f"F1 {result.metrics['f1']:.3f} on {result.metrics['rows']:.0f} rows" if result.metrics else "no F1"
            typer.echo(f"{result.name}: {result.steps} steps, {f1}", err=True)
        if record.held_out is not None:
            typer.echo(f"finished: F1 {record.held_out.f1:.3f} on {record.held_out.rows:.0f} rows", err=True)
        typer.echo(f"adapter   {settings.out}", err=True)
        if push_to_hub is not None:
            typer.echo(f"uploaded  {push(Path(settings.out), push_to_hub)}", err=True)
