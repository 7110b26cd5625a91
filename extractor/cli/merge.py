"""`extractor merge`: one model of a base and its adapter."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from extractor.cache.target import check_folder
from extractor.cli.vlm_extra import vlm_extra


def merge(
    adapter: Annotated[Path, typer.Argument(metavar="ADAPTER", help="A folder that `extractor train` wrote.")],
    *,
    out: Annotated[Path, typer.Option(metavar="DIR", help="A new folder for the merged model.")],
    precision: Annotated[
        Literal["bf16", "fp32"], typer.Option(help="Number type of the base and of the merged model.")
    ] = "bf16",
    base: Annotated[
        str | None, typer.Option(metavar="MODEL", show_default="the one that the adapter names", help="The base.")
    ] = None,
) -> None:
    """Write a merged model, which needs no peft and can be quantised or served by other programs.

    Examples:

      extractor merge adapters/mine --out merged/mine
    """
    check_folder(out, "--out")
    with vlm_extra():
        from vlm.finetune.merge import merge as run

        run(adapter, out, compute=precision, base=base)
        typer.echo(f"model     {out}", err=True)
