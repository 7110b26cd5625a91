"""`extractor predict`: answers for every row of a CSV."""

from __future__ import annotations

import sys
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from extractor.api.policies import policy_of
from extractor.api.processes import cpu_count
from extractor.api.readers import DEFAULT_BATCH, DEFAULT_DEVICE, DEFAULT_VLM, path_taken
from extractor.cli.shared import (
    AllowPrivateOption,
    DeviceOption,
    ImagesOption,
    NoCacheOption,
    NoConstrainOption,
    OcrOption,
    PrecisionOption,
    QuietOption,
    RankerOption,
    SecondLookOption,
    StoreOption,
    VlmBatchOption,
    VlmOption,
    WorkersOption,
    default_store,
    files_of_run,
    reader_choice,
    stoppable,
    watched_run,
)
from extractor.stages.errors import ExtractorError
from extractor.tables.shards import Shard
from rules.ranker import LEARNED


class NoPictureError(ExtractorError):
    """Not a single picture could be had; the output is written all the same."""

    exit_code = 3


def _shard(text: str) -> Shard:
    try:
        return Shard.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def predict(
    input_csv: Annotated[
        Path,
        typer.Argument(
            metavar="INPUT.csv",
            help="The questions: index,image_link,group_id,entity_name. A link is an http(s) address or a "
            "path relative to this file's folder. The columns index and group_id may be missing: rows are then "
            "numbered from 0.",
        ),
    ],
    *,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="OUT.csv",
            show_default="INPUT_out.csv in the current folder",
            help="Where the answers go: index,prediction. The trace goes beside it: OUT_trace.jsonl. Both are "
            "compressed when the name ends in .gz.",
        ),
    ] = None,
    images: ImagesOption = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="Only the first N rows of the input.")
    ] = None,
    ocr: OcrOption = "rapidocr",
    ranker: RankerOption = LEARNED,
    second_look: SecondLookOption = True,
    vlm: VlmOption = DEFAULT_VLM,
    no_constrain: NoConstrainOption = False,
    vlm_batch: VlmBatchOption = DEFAULT_BATCH,
    device: DeviceOption = DEFAULT_DEVICE,
    precision: PrecisionOption = "auto",
    workers: WorkersOption = None,
    no_cache: NoCacheOption = False,
    store: StoreOption = None,
    shard: Annotated[
        Shard | None,
        typer.Option(
            "--shard",
            metavar="I/N",
            parser=_shard,
            help="Only part I of N (by picture), for several machines or sessions. To join parts run on one "
            "store, run once more without --shard: nothing is read again.",
        ),
    ] = None,
    allow_private: AllowPrivateOption = False,
    quiet: QuietOption = False,
) -> None:
    """Get each picture, read its text, and answer what is asked of it.

    The output has a line for every row of the input, in its order; a row that
    cannot be answered has an empty prediction, and the trace says why. The run
    can be stopped in any way and goes on when it is started again. When not a
    single picture could be had, it ends with exit code 3.

    Examples:

      extractor predict dataset/test.csv

      extractor predict test.csv --images pictures/ --out submission.csv

      extractor predict test.csv --limit 100 --no-cache

      extractor predict test.csv --shard 1/4

      extractor predict test.csv --vlm nano

      extractor predict test.csv --vlm adapter/ --device cuda --vlm-batch 32

      extractor predict test.csv --ocr none --vlm google/paligemma2-3b-mix-448
    """
    from extractor.run.options import RunOptions
    from extractor.tables import output
    from extractor.tables.rows import read_rows

    all_rows = read_rows(input_csv)
    rows = all_rows[:limit]
    if shard is not None:
        rows = shard.rows_of(rows)
    out = out or _default_out(input_csv, shard)
    store = store or default_store()
    read = files_of_run(all_rows, input_csv.parent, images, ranker=ranker, vlm=vlm)
    output.check_writable(out, chain([input_csv], read), store)
    reader = reader_choice(
        vlm, no_constrain=no_constrain, batch=vlm_batch, device=device, precision=precision, quiet=quiet
    )
    options = RunOptions(
        base=input_csv.parent,
        store=store,
        images=images,
        ocr=ocr,
        workers=workers or cpu_count(),
        use_cache=not no_cache,
        allow_private=allow_private,
        ranker=ranker,
        upscale=second_look,
        vlm=reader,
        policy=policy_of(reader),
    )
    if not quiet:
        print(path_taken(options.vlm, ocr), file=sys.stderr)
    with stoppable(kept=options.use_cache):
        result = watched_run(rows, options, quiet=quiet)
        output.write(result.rows, out)
    if not quiet:
        for line in result.summary.lines():
            print(line, file=sys.stderr)
        print(f"answers   {out}\ntrace     {output.trace_path(out)}", file=sys.stderr)
    if result.summary.no_picture:
        raise NoPictureError(f"{result.summary.no_picture}; all predictions in {out} are empty")


def _default_out(input_csv: Path, shard: Shard | None) -> Path:
    stem = input_csv.name.removesuffix(".gz").removesuffix(".csv")
    part = f"_{shard.number}of{shard.count}" if shard else ""
    return Path(f"{stem}_out{part}.csv")
