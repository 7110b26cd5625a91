"""`extractor nano`: trains a small reader from nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from extractor.cache.target import check_folder
from extractor.cli.vlm_extra import vlm_extra


def nano(  # noqa: PLR0917
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the model, its processor and the log go.")],
    minutes: Annotated[float, typer.Option(min=0.1, metavar="MINUTES", help="How long to train.")] = 36.0,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the first weights and the drawn pages.")] = 1,
    threads: Annotated[
        int, typer.Option(min=1, metavar="N", help="CPU threads of the training; drawing takes another process.")
    ] = 1,
    steps: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Optimiser steps; by default as many as the minutes allow.")
    ] = None,
    data: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="A folder that prepare wrote, to be mixed in; several are joined."),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the run that DIR holds.")] = False,
) -> None:
    """Train a nano PaliGemma from nothing, on pages that the program draws.

    Takes a CPU core for the training and part of another for the drawing.
    The best weights so far lie in DIR at any time; --resume goes on with a
    run that was stopped.

    Example:

      extractor nano --out my_nano --minutes 36 --seed 1
    """
    check_folder(out, "--out")
    with vlm_extra():
        from vlm.nano.pretrain import PretrainOptions, pretrain

        options = PretrainOptions(
            out, minutes=minutes, seed=seed, threads=threads, steps=steps, data=tuple(data or ()), resume=resume
        )
        scores = pretrain(options, typer.echo)
        typer.echo(", ".join(f"{name} {value:.3f}" for name, value in scores.items()))
