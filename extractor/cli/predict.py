"""`extractor predict`: answers for every row of a CSV."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from extractor.cache.target import check_targets
from extractor.cli.settings import RunSettings, with_settings
from extractor.cli.shared import NoPictureError, answer_rows
from extractor.tables.csv_file import stem_of
from extractor.tables.shards import Shard


def _shard(text: str) -> Shard:
    try:
        return Shard.parse(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


@with_settings()
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
    settings: RunSettings,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="OUT.csv",
            show_default="INPUT_out.csv in the current folder",
            help="Where the answers go: index,prediction. The trace goes beside it: OUT_trace.jsonl. Both are "
            "compressed when the name ends in .gz.",
        ),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="Only the first N rows of the input.")] = None,
    shard: Annotated[
        Shard | None,
        typer.Option(
            metavar="I/N",
            parser=_shard,
            help="Only part I of N (by picture), for several machines or sessions. To join parts run on one "
            "store, run once more without --shard: nothing is read again.",
        ),
    ] = None,
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
    from extractor.tables.output import targets_of, trace_path
    from extractor.tables.rows import read_rows

    base = input_csv.parent
    all_rows = read_rows(input_csv, settings.table)
    rows = all_rows[:limit]
    if shard is not None:
        rows = shard.rows_of(rows)
    part = f"_{shard.number}of{shard.count}" if shard else ""
    out = out or Path(f"{stem_of(input_csv)}_out{part}.csv")
    check_targets(targets_of(out), chain([input_csv], settings.files(all_rows, base)), settings.store_file)
    result = answer_rows(rows, settings.run_options(base), out, settings)
    settings.say(f"answers   {out}\ntrace     {trace_path(out)}")
    if result.summary.no_picture:
        raise NoPictureError(f"{result.summary.no_picture}; all predictions in {out} are empty")
